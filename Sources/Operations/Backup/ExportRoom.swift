import Basics
import Restore
import Vault

/// The room that an export needs where it goes: a small backup may stand for more than any disk holds.
enum ExportRoom {
    /// Refuses an export before anything of it is written where what it writes cannot fit.
    /// - Parameter target: a folder or a file that need not be there yet.
    /// - Throws: `diskFull`, naming both sizes.
    static func check(_ entries: [FileEntry], _ tree: TreeGuard, at target: String) throws(OperationError) {
        let needed = entries.reduce(ByteCount(0)) { sum, entry in
            entry.kind == .file && tree.problem(entry) == nil ? sum + ByteCount(entry.storedLength) : sum
        }
        // A place that cannot be asked cannot be written to either, which the export says in its own words.
        guard let room = try? FreeSpace.bytes(at: existing(target)) else { return }
        let free = ByteCount(room)
        guard needed > free else { return }
        throw OperationError(
            .diskFull,
            "There is no room for the export: \(needed) are to be written to \(target), where \(free) are free",
            hint: "Choose a disk with more room, or write a part: --path GLOB or --section NAME.")
    }

    /// The nearest place above `path`, or itself, that is there.
    private static func existing(_ path: String) throws(SystemError) -> String {
        var place = path
        while !place.isEmpty, place != "/", place != ".", try Folder.item(place) == nil {
            place = AtomicFile.folder(of: place)
        }
        return place
    }
}
