import Basics
import RemoteExecution
import Storage
import Vault

/// What lies on the disk: who may use it, how much room there is, and what was left over.
///
/// Its work, which looks at every file of the vault, runs on a queue of its own.
actor StateFindings {
    private let paths: StatePaths
    private let executor = QueueExecutor("doctor.state")

    /// Below this much free space a disk is worth a warning.
    private static let leastFree = ByteCount(256 << 20)
    /// How many items with loose permissions are looked for below the vault.
    private static let looseLimit = 5

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(paths: StatePaths) { self.paths = paths }

    func all() -> [Finding] {
        [
            key(), folders(),
            item("database", paths.database, mustBe: 0o600),
            databaseCompanions(), vaultFiles(),
        ] + disks() + [tools()]
    }

    // MARK: Permissions

    /// Who may read the key, and whether it is one.
    private func key() -> Finding {
        let finding = item("key file", paths.key, mustBe: 0o600)
        guard finding.verdict == .good else { return finding }
        do {
            _ = try VaultKey.read(paths.key)
            return finding
        } catch { return Finding(finding.subject, .bad, error.message, hint: error.hint) }
    }

    private func item(_ subject: String, _ path: String, mustBe wanted: UInt32) -> Finding {
        do {
            guard let problem = try problem(path, mustBe: wanted) else {
                return Finding(subject, .good, path)
            }
            return Finding(subject, .bad, problem.detail, hint: problem.hint)
        } catch { return Finding(subject, unseen: error) }
    }

    /// What is wrong with owner and mode of `path`, and what to do; nil when nothing is.
    private func problem(
        _ path: String, mustBe wanted: UInt32
    ) throws(SystemError) -> (detail: String, hint: String)? {
        guard let mode = try FileStatus.permissions(of: path), let owner = try FileStatus.owner(of: path)
        else {
            return ("\(path) is missing", hintForMissing(path))
        }
        guard owner == FileStatus.user else {
            return (
                "\(path) belongs to user \(owner), and this is user \(FileStatus.user)",
                "Run Holdfast as its owner, or change the owner with chown."
            )
        }
        guard mode & ~wanted & 0o7777 == 0 else {
            return (
                "others may use \(path) (mode \(String(mode, radix: 8)))",
                "Run: chmod \(String(wanted, radix: 8)) \(path.shellWord)"
            )
        }
        return nil
    }

    /// Whether nothing shows that there was ever anything here.
    private static func isFresh(_ paths: StatePaths) -> Bool {
        [paths.key, paths.database, paths.checkpoint].allSatisfy { path in
            (try? Folder.item(path)) == .some(nil)
        } && (try? Vault.isPresent(at: paths.vault)) == false
    }

    private func hintForMissing(_ path: String) -> String {
        guard !Self.isFresh(paths) else { return "Set Holdfast up with: holdfast init" }
        return switch path {
        case paths.key where (try? Vault.isPresent(at: paths.vault)) ?? true:
            "Put the recovery kit into a file and run: holdfast key restore --from FILE"
        case paths.key:
            "Run ‘holdfast init’, or restore it from the recovery kit: holdfast key restore --from FILE"
        case paths.database:
            "Put it back from a copy, or start a new one on purpose: holdfast init --new-database"
        case paths.vault: "Put it back where it was, or mount the disk it lies on."
        default: ""
        }
    }

    private func folders() -> Finding {
        let all = [paths.configuration, paths.data, paths.state, paths.vault]
        let folders = all.enumerated().filter { all.firstIndex(of: $1) == $0 }.map(\.element)
        return several("folders", folders, mustBe: 0o700, good: folders.joined(separator: ", "))
    }

    private func databaseCompanions() -> Finding {
        let files = [paths.checkpoint, paths.database + "-wal", paths.database + "-shm"].filter { path in
            (try? Folder.item(path)) != .some(nil)
        }
        return several("database, other files", files, mustBe: 0o600, good: "\(files.count.counted("file"))")
    }

    private func several(_ subject: String, _ items: [String], mustBe wanted: UInt32, good: String) -> Finding
    {
        do {
            for path in items {
                if let problem = try problem(path, mustBe: wanted) {
                    return Finding(subject, .bad, problem.detail, hint: problem.hint)
                }
            }
            return Finding(subject, .good, good)
        } catch { return Finding(subject, unseen: error) }
    }

    /// Every file and folder below the vault.
    private func vaultFiles() -> Finding {
        guard (try? Folder.item(paths.vault)) != .some(nil) else {
            return Finding(
                "vault files", .unknown, "there is no vault at \(paths.vault)",
                hint: hintForMissing(paths.vault))
        }
        var loose: [String] = []
        var count = 0
        var folders = [paths.vault]
        do throws(SystemError) {
            while let folder = folders.popLast() {
                for item in try Folder.items(folder) {
                    let path = "\(folder)/\(item.name)"
                    if item.isFolder { folders.append(path) }
                    count += 1
                    if try problem(path, mustBe: item.isFolder ? 0o700 : 0o600) != nil { loose.append(path) }
                }
            }
        } catch { return Finding("vault files", unseen: error) }
        guard loose.isEmpty else {
            let named = loose.prefix(Self.looseLimit).joined(separator: ", ")
            return Finding(
                "vault files", .bad,
                "\(loose.count.counted("file")) of another owner or open to others: \(named)",
                hint: "Run: chmod -R go= \(paths.vault.shellWord)")
        }
        return Finding("vault files", .good, "\(count.counted("file")), all for their owner only")
    }

    // MARK: Room

    /// Whether the folders of the state can be written to, tried out, and how much space they have.
    private func disks() -> [Finding] {
        var seen: Set<UInt64> = []
        var findings: [Finding] = []
        for folder in [paths.data, paths.configuration, paths.state, paths.vault] {
            do throws(SystemError) {
                guard let number = try FileStatus.disk(of: folder), seen.insert(number).inserted else {
                    continue
                }
                findings.append(disk(folder))
            } catch {
                let finding = Finding("disk", unseen: error)
                if !findings.contains(finding) { findings.append(finding) }
            }
        }
        return findings
    }

    private func disk(_ folder: String) -> Finding {
        do {
            let free = ByteCount(try Folder.freeSpace(folder))
            do { try Folder.tryWriting(in: folder) } catch {
                let known = OperationError(StoreError(error))
                return Finding(
                    "disk", .bad, "nothing can be written to \(folder): \(error.reason), \(free) free",
                    hint: known.code == .diskFull
                        ? "Free some space on that disk, for example with: holdfast backup prune --garbage-only"
                        : error.meansDenial ? Finding.denial(folder) : known.hint)
            }
            guard free.bytes >= Self.leastFree.bytes else {
                return Finding(
                    "disk", .warning, "\(folder) can be written to, but only \(free) are free",
                    hint: "Make space, for example with: holdfast backup prune")
            }
            return Finding("disk", .good, "\(folder) can be written to, \(free) free")
        } catch { return Finding("disk", unseen: error) }
    }

    /// Whether there is room to give up when a disk is full.
    static func reserve(_ paths: StatePaths) async -> Finding {
        guard !isFresh(paths) else {
            return Finding(
                "reserve", .unknown, "there is nothing yet that it would be for",
                hint: "Set Holdfast up with: holdfast init")
        }
        do {
            let missing = try await DiskReserve(paths).missing()
            guard missing.isEmpty else {
                return Finding(
                    "reserve", .warning,
                    "there is no \(missing.joined(separator: ", ")) to give up on a full disk",
                    hint: "It is made by the next change once there is room.")
            }
            return Finding("reserve", .good, "\(ByteCount(DiskReserve.size)) for pruning a full disk")
        } catch { return Finding("reserve", unseen: error) }
    }

    // MARK: Tools

    /// What every backup of this machine itself needs.
    private func tools() -> Finding {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let missing = ["sh", "tar", "find", "timeout"].filter { tool in
            !folders.contains { FileStatus.isExecutable("\($0)/\(tool)") }
        }
        guard missing.isEmpty else {
            return Finding(
                "tools", missing.contains("sh") || missing.contains("tar") ? .bad : .warning,
                "this machine lacks \(missing.joined(separator: ", "))",
                hint: "Install them to back up the device ‘local’ whole.")
        }
        return Finding("tools", .good, "sh, tar, find and timeout are there")
    }
}
