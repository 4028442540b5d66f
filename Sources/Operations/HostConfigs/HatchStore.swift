import Basics
import HostConfig

/// Backups that Hatch made: a folder for each host, files named by the original, the host and a local time.
///
/// - SeeAlso: Hatch's `mcp_host_config/backup.py`: `NAME.HOST.YYYYMMDD_HHMMSS_ffffff`, and of early builds
///   `mcp.json.MCPHostType.HOST.…`.
enum HatchStore {
    /// Hatch's names of hosts that have another one here.
    private static let names = [
        "lmstudio": "lm-studio", "gemini": "gemini-cli",
    ]
    /// How many backups are read at most.
    private static let limit = 100_000

    /// The backups in `root`, which is the whole store or the folder of one host, and what is not one.
    static func read(_ root: String) throws(OperationError) -> (copies: [HostCopy], skipped: [String]) {
        var copies: [HostCopy] = []
        var skipped: [String] = []
        do throws(SystemError) {
            var folders = [root]
            folders += try Folder.items(root).filter(\.isFolder).map { "\(root)/\($0.name)" }
            for folder in folders {
                for item in try Folder.items(folder) where !item.isFolder {
                    let path = "\(folder)/\(item.name)"
                    guard copies.count < limit else {
                        skipped.append("everything after \(path): there are too many")
                        return (copies, skipped)
                    }
                    switch copy(path, item.name) {
                    case .success(let copy): copies.append(copy)
                    case .failure(let reason): skipped.append("\(path): \(reason.text)")
                    }
                }
            }
        } catch {
            throw OperationError(
                error.meansAbsence ? .fileUnknown : .ioFailed, "\(root) cannot be read: \(error)",
                hint: "Name the folder of Hatch’s backups, usually ~/.hatch/mcp_host_config_backups.")
        }
        return (copies.sorted { $0.made < $1.made }, skipped)
    }

    private struct Reason: Error {
        let text: String
    }

    private static func copy(_ path: String, _ name: String) -> Result<HostCopy, Reason> {
        guard let parts = parts(of: name) else {
            return .failure(Reason(text: "its name is not one of Hatch’s"))
        }
        guard let host = AssistantHost.named(names[parts.host] ?? parts.host) else {
            return .failure(Reason(text: "the program ‘\(parts.host)’ is not known here"))
        }
        // Links could lead to what its owner may not read.
        guard (try? FileStatus.isOrdinary(path)) == true else {
            return .failure(Reason(text: "it is no ordinary file"))
        }
        let snapshot: FileSnapshot?
        do { snapshot = try FileSnapshot.read(path, limit: HostSituation.limit) } catch {
            let reason = FileSnapshot.reason(error, limit: HostSituation.limit)
            return .failure(Reason(text: "it cannot be read: \(reason)"))
        }
        guard let snapshot else { return .failure(Reason(text: "it is gone")) }
        // The copy has the original's time and mode; owner and attributes are those of the copy itself.
        let file = HostCopy.File(
            path: parts.original, bytes: snapshot.bytes, mode: snapshot.mode & 0o777, owner: snapshot.owner,
            modified: snapshot.modified, attributes: [])
        return .success(
            HostCopy(host: host, made: parts.made, name: "from Hatch", files: [file]))
    }

    /// What a name says.
    static func parts(of name: String) -> (original: String, host: String, made: Timestamp)? {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count >= 3, let time = words.last, let made = time.localTime,
            let host = words.dropLast().last, !host.isEmpty
        else { return nil }
        var original = words.dropLast(2)
        if original.last == "MCPHostType" { original.removeLast() }
        guard !original.isEmpty else { return nil }
        return (
            original.joined(separator: "."), host.lowercased().replacing("_", with: "-"), made
        )
    }
}

extension Substring {
    /// `YYYYMMDD_HHMMSS_ffffff` in the time zone of this machine.
    fileprivate var localTime: Timestamp? {
        let parts = split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [8, 6, 6],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let micro = Int64(parts[2])
        else { return nil }
        func number(_ part: Int, _ from: Int, _ count: Int) -> Int {
            Int(parts[part].dropFirst(from).prefix(count)) ?? 0
        }
        return Timestamp(
            localYear: number(0, 0, 4), month: number(0, 4, 2), day: number(0, 6, 2), hour: number(1, 0, 2),
            minute: number(1, 2, 2), second: number(1, 4, 2)
        ).map { $0 + .microseconds(micro) }
    }
}
