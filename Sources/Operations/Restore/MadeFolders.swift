import Basics
import RemoteExecution
import Restore
import Vault

/// Folders that a run made, when it is taken back: which of them are there, and what somebody else has put into them.
struct MadeFolders {
    let device: Device
    let context: OperationContext

    /// Folders that the run made around files are there, though no section tells of them.
    func add(
        to facts: inout PlanFacts, _ steps: [RestoreStep], _ document: RunDocument
    ) async throws(OperationError) {
        // What a package made before the run came to it is not of the run.
        let made =
            document.made?.compactMap { Hex.bytes($0) }
            ?? steps.filter { $0.isAround && $0.action == .create }.map(\.subject)
        guard !made.isEmpty else { return }
        let gone: [[UInt8]]
        do {
            gone = try await FolderProbe.missing(of: made, on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        let known = Set(facts.present.map(\.path)).union(gone)
        facts.present += made.filter { !known.contains($0) }.map { FileEntry(around: $0) }
        facts.present.sort { ByteOrder.precedes($0.path, $1.path) }
        facts.around = Set(made)
    }

    /// Leaves folders that the run made where something else is in them by now.
    ///
    /// - Parameter brought: places in them that go as a whole, whatever they hold.
    /// - Returns: their names.
    /// - Throws: `planBlocked` where one has taken the place of what was no folder.
    func leaveShared(
        _ facts: inout PlanFacts, besides brought: [String]
    ) async throws(OperationError) -> [String] {
        let wanted = Set(facts.wanted.map(\.path))
        let going = facts.present.map(\.path)
        let becomingFiles = Set(facts.wanted.lazy.filter { $0.kind != .folder }.map(\.path))
        let folders = facts.present.filter {
            $0.kind == .folder && (!wanted.contains($0.path) || becomingFiles.contains($0.path))
        }.map(\.path)
        let places = brought.map { Array($0.utf8) }
        let counts: [[UInt8]: Int]
        do {
            counts = try await FolderProbe.counts(
                of: folders + (folders.isEmpty ? [] : places), on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        var known = Dictionary(folders.map { ($0, 0) }) { first, _ in first }
        for (path, names) in going.map({ ($0, 1) }) + places.map({ ($0, counts[$0] ?? 0) }) {
            for end in path.indices.dropFirst() where path[end] == UInt8(ascii: "/") {
                known[Array(path[..<end])]? += names
            }
            known[path]? += names
        }
        let shared = Set(folders.filter { (counts[$0] ?? 0) > (known[$0] ?? 0) })
        let inTheWay = shared.intersection(becomingFiles).sorted(by: ByteOrder.precedes)
        guard inTheWay.isEmpty else {
            throw OperationError(
                .planBlocked,
                "\(inTheWay.map { DeviceText.path($0) }.joined(separator: ", ")) was no folder before the run and is one now, with something in it that would go",
                hint: "Move it away and take the run back then.")
        }
        facts.present.removeAll { shared.contains($0.path) }
        return shared.sorted(by: ByteOrder.precedes).map { DeviceText.path($0) }
    }
}
