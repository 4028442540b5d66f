import Basics
import RemoteExecution

/// Backups that kastell made: a folder each, with a `manifest.json` and the archives it names.
///
/// The path may be that of one backup, of a server's, or of all servers'. Archives come along as they are.
enum KastellBackups {
    private static let manifest = "manifest.json"
    private static let manifestLimit = 1 << 20
    /// How many backups are read at most.
    private static let limit = 100_000
    /// The least that a gzip of something has, in bytes: a dump that failed leaves less.
    private static let leastArchive: Int64 = 64

    static func read(_ root: String) throws(OperationError) -> ForeignBackups {
        var found = ForeignBackups()
        do throws(SystemError) {
            var folders = [root]
            for depth in 0..<3 {
                var below: [String] = []
                for folder in folders {
                    let items = try Folder.items(folder)
                    if items.contains(where: { $0.name == manifest }) {
                        guard found.backups.count < limit else {
                            found.skipped.append("everything after \(folder): there are too many")
                            return found
                        }
                        take(folder, items, &found)
                    } else {
                        if depth == 2 { found.skipped.append("\(folder): it has no \(manifest)") }
                        below += items.filter(\.isFolder).map { "\(folder)/\($0.name)" }
                    }
                }
                folders = below
            }
        } catch {
            throw OperationError(
                error.meansAbsence ? .fileUnknown : .ioFailed, "\(root) cannot be read: \(error)",
                hint: "Name the folder of kastell’s backups, usually ~/.kastell/backups.")
        }
        found.backups.sort { $0.made < $1.made }
        return found
    }

    private static func take(_ folder: String, _ items: [FolderItem], _ found: inout ForeignBackups) {
        let path = "\(folder)/\(manifest)"
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        do {
            let bytes = try AtomicFile.read(path, limit: manifestLimit) ?? []
            let json = try JSONParser.parse(bytes)
            guard let server = json["serverName"]?.string, let device = DeviceName(server) else {
                return found.skipped.append("\(path): its serverName is no name")
            }
            guard let made = json["timestamp"]?.string.flatMap({ Timestamp($0) }) ?? time(name) else {
                return found.skipped.append("\(path): it does not say when it was made")
            }
            var backup = ForeignBackup(
                origin: .kastell, device: device, made: made, name: "from kastell: \(name)")
            if let label = json["platform"]?.string ?? json["mode"]?.string {
                backup.notCovered.append("What kastell leaves out of a server of the sort ‘\(label)’.")
            }
            let listed = (json["files"]?.array ?? []).compactMap(\.string)
            let there = Dictionary(items.map { ($0.name, $0) }) { first, _ in first }
            for file in Set([manifest] + listed + items.filter { !$0.isFolder }.map(\.name)).sorted() {
                guard ForeignBackup.part(file) == file else {
                    backup.doubts.append("it names a file that lies elsewhere, which was not taken")
                    continue
                }
                guard let item = there[file], !item.isFolder else {
                    backup.doubts.append("\(file) is missing")
                    continue
                }
                // Links could lead to what its owner may not read; what cannot be opened ends no import.
                guard (try? FileStatus.isOrdinary("\(folder)/\(file)")) == true else {
                    backup.doubts.append("\(file) is no ordinary file, and was not taken")
                    continue
                }
                do throws(SystemError) { _ = try OpenFile("\(folder)/\(file)", .probe) } catch {
                    backup.doubts.append("\(file) cannot be read: \(error.reason)")
                    continue
                }
                if file.hasSuffix(".gz"), item.size < leastArchive {
                    backup.doubts.append("\(file) is empty")
                }
                backup.files.append(
                    ForeignBackup.File(
                        path: "/\(file)", content: .file("\(folder)/\(file)"),
                        modified: item.modified.nanoseconds))
            }
            found.backups.append(backup)
        } catch { found.skipped.append("\(path): \(error)") }
    }

    /// `YYYY-MM-DD_HH-MM-SS-mmm`, in UTC.
    static func time(_ name: String) -> Timestamp? {
        let parts = name.split { "-_".contains($0) }.map(String.init)
        guard parts.count == 7, parts.map(\.utf8.count) == [4, 2, 2, 2, 2, 2, 3] else { return nil }
        return Timestamp(
            "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5]).\(parts[6])Z")
    }
}
