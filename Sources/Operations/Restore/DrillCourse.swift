import Basics
import Collectors
import RemoteExecution
import Restore
import Vault

/// The course of one drill: restore into a scratch folder, read back, compare, ask the programs that know the files.
struct DrillCourse {
    let context: OperationContext
    let vault: Vault
    let manifest: Manifest
    /// Names of the sections to drill; none for all.
    let sections: [String]
    /// Whose engine starts the containers; nil for none.
    var engine: Device?

    /// What a drill found.
    struct Result {
        var checks: [DrillCheck] = []
        var files = 0
        var bytes: Int64 = 0
    }

    private var names: [String] { manifest.sections.map(\.name) }

    private func isInScope(_ entry: FileEntry) -> Bool {
        guard !sections.isEmpty else { return true }
        return names.indices.contains(entry.section) && sections.contains(names[entry.section])
    }

    /// Runs everything in `scratch`, which is empty and stays to be removed.
    ///
    /// Cancelling ends it between two files or programs.
    /// - Throws: `diskFull` before anything is written when there is no room; `cancelled`; whatever keeps the scratch
    ///   folder from being used. What is wrong with the backup is a failed check, not an error.
    func run(in scratch: DrillScratch) async throws -> Result {
        try await scratch.clearLeftovers()
        var result = Result()
        let readable = try await inventories()
        result.checks.append(readable)
        let all: [FileEntry]
        do throws(VaultError) { all = try await vault.entries(of: manifest) } catch {
            guard error.code == .damaged else { throw error }
            result.checks.append(DrillCheck("list of files", .failed, error.message))
            return result
        }
        let wanted = selected(all)
        result.files = wanted.count
        let tree = TreeGuard(all)
        result.bytes = wanted.reduce(ByteCount(0)) { $0 + ByteCount($1.storedLength) }.bytes
        if let shortage = try await scratch.shortage(for: result.bytes, files: result.files) {
            throw OperationError(
                .diskFull, "There is no room for the drill: \(shortage)",
                hint: "Name a folder with more room: --scratch FOLDER, or drill a part: --section NAME.")
        }
        let damaged = try await restore(wanted, tree, scratch, &result)
        let good = wanted.filter { !damaged.contains($0.path) }
        try await compare(good, of: wanted.count, scratch, &result)
        let inspection = DrillInspection(
            context: context, vault: vault, manifest: manifest, all: all, restored: good, damaged: damaged,
            scratch: scratch)
        let inspected = try await inspection.checks(sections)
        result.checks += inspected + coverage(wanted)
        result.checks += try await containers(all, damaged)
        return result
    }

    // MARK: Restore

    /// The entries in scope, and the files whose further names are.
    private func selected(_ all: [FileEntry]) -> [FileEntry] {
        let chosen = all.filter(isInScope)
        guard chosen.count < all.count else { return all }
        let held = Set(chosen.map(\.path))
        let missing = Set(chosen.filter { $0.kind == .hardLink }.map(\.linkTarget)).subtracting(held)
        guard !missing.isEmpty else { return chosen }
        return all.filter { held.contains($0.path) || missing.contains($0.path) }
    }

    /// Reads every inventory and every recorded output in scope.
    private func inventories() async throws -> DrillCheck {
        var problems: [String] = []
        var count = 0
        for section in manifest.sections where sections.isEmpty || sections.contains(section.name) {
            do throws(VaultError) {
                _ = try await vault.inventory(of: section)
                for capture in section.captures {
                    _ = try await vault.bytes(of: capture.output)
                    _ = try await vault.bytes(of: capture.errors)
                }
                count += 1
            } catch {
                guard error.code == .damaged else { throw error }
                problems.append("section \(section.name): \(error.message)")
            }
        }
        return DrillCheck("inventories", problems: problems, well: "\(count.counted("section")) can be read")
    }

    /// Writes everything; returns the paths whose content the vault could not give.
    private func restore(
        _ wanted: [FileEntry], _ tree: TreeGuard, _ scratch: DrillScratch, _ result: inout Result
    ) async throws -> Set<[UInt8]> {
        var damaged: Set<[UInt8]> = []
        var problems: [String] = []
        let plain = wanted.filter { $0.kind == .file || $0.kind == .folder }
        let special = wanted.filter { $0.kind != .file && $0.kind != .folder }
        var done = 0
        for entry in plain + special {
            try Task.checkCancellation()
            do { try await write(entry, tree, scratch) } catch {
                guard let reason = Self.reason(error) else { throw error }
                damaged.insert(entry.path)
                problems.append("\(DeviceText.path(entry.path)) \(reason)")
            }
            done += 1
            context.progress.report(
                ProgressUpdate(
                    phase: "restoring", done: Int64(done), total: Int64(wanted.count), unit: "files"))
        }
        for entry in wanted.reversed() where entry.kind == .folder && !damaged.contains(entry.path) {
            do throws(SystemError) { try await scratch.finishFolder(entry) } catch {
                problems.append("\(DeviceText.path(entry.path)): \(error)")
            }
        }
        result.checks.append(
            DrillCheck(
                "contents", problems: problems,
                well: "\(wanted.count) files, folders and links restored, \(ByteCount(result.bytes))"))
        return damaged
    }

    private func write(_ entry: FileEntry, _ tree: TreeGuard, _ scratch: DrillScratch) async throws {
        // The root itself is no path below itself, and is there.
        if entry.path != [0x2F], let problem = tree.problem(entry) { throw Refusal(reason: problem) }
        try await scratch.write(entry, from: vault)
    }

    /// A name that must not be written.
    private struct Refusal: Error {
        let reason: String
    }

    /// Why one entry could not be restored, as a clause; nil for what concerns the whole drill.
    private static func reason(_ error: any Error) -> String? {
        switch error {
        case let error as VaultError where error.code == .damaged: "cannot be read: \(error.message)"
        case let error as Refusal: error.reason
        case let error as SystemError where error.code != 28:
            "cannot be written: \(error.call): \(error.reason)"
        default: nil
        }
    }

    // MARK: Comparison

    /// Reads the scratch folder as any device's paths are read, and compares.
    /// - Parameter count: how many entries should have been restored, `wanted` and those that could not be.
    private func compare(
        _ wanted: [FileEntry], of count: Int, _ scratch: DrillScratch, _ result: inout Result
    ) async throws {
        guard !wanted.isEmpty else { return }
        let limits = await scratch.limits
        let comparison = DrillComparison(wanted: wanted, present: try await readBack(scratch), limits: limits)
        let byPath = Dictionary(wanted.map { ($0.path, $0) }) { first, _ in first }
        var problems: [String] = []
        for finding in comparison.findings() {
            var what = finding.what
            if finding.isUndecided, let entry = byPath[finding.path] {
                let file = entry.kind == .hardLink ? byPath[entry.linkTarget] ?? entry : entry
                if try await !scratch.hasBytes(of: file, from: vault) { what.append("has other bytes") }
            }
            guard !what.isEmpty else { continue }
            problems.append("\(DeviceText.path(finding.path)) \(what.joined(separator: ", "))")
        }
        if wanted.count < count {
            problems.append(
                "\(count - wanted.count) of \(count) could not be restored, so that nothing is there to compare"
            )
        }
        result.checks.append(
            DrillCheck(
                "comparison", problems: problems,
                well: "read back, bytes, modes, times, links and attributes are those of the backup"))
        result.checks += Self.gaps(limits, wanted)
    }

    private static func gaps(_ limits: DrillComparison.Limits, _ wanted: [FileEntry]) -> [DrillCheck] {
        var checks: [DrillCheck] = []
        if limits.ignoresOwners {
            checks.append(DrillCheck("owners", .notChecked, "only root can give files to their owners"))
        }
        if !limits.notMade.isEmpty {
            checks.append(
                DrillCheck(
                    "special files", .notChecked,
                    "\(limits.notMade.count) device nodes and sockets are not made in a drill"))
        }
        let listed = wanted.count { entry in
            entry.attributes.contains { $0.name.starts(with: "SCHILY.acl.".utf8) }
        }
        if listed > 0 {
            checks.append(
                DrillCheck(
                    "access lists", .notChecked, "\(listed) files have lists that a drill does not set"))
        }
        if !limits.withoutAttributes.isEmpty {
            checks.append(
                DrillCheck(
                    "attributes", .notChecked,
                    "\(limits.withoutAttributes.count) files have attributes that the scratch folder's disk refuses"
                ))
        }
        return checks
    }

    /// What lies in the scratch folder now, under the paths of the backup.
    private func readBack(_ scratch: DrillScratch) async throws -> [FileEntry] {
        let meter = await vault.meter()
        var limits = ShellJob.Limits()
        limits.total = .seconds(86_400)
        limits.output = 1 << 50
        let request = DeviceBackup.Request(
            collectors: [], name: "", paths: [scratch.tree], excludes: [], readsAll: true, limits: limits)
        let reading = try await DeviceBackup(
            device: .local(added: context.clock.now()), request: request, vault: vault, earlier: nil,
            reusesInventories: false, intake: meter, context: context, onBytes: { _ in }
        ).readWhole()
        if let section = reading.sections.first, section.status != .ok {
            throw OperationError(
                .ioFailed, "The scratch folder could not be read back: \(section.reason)")
        }
        let prefix = Array(scratch.tree.utf8)
        return reading.entries.compactMap { entry in
            guard entry.path.starts(with: prefix) else { return nil }
            var entry = entry
            entry.path = entry.path.count == prefix.count ? [0x2F] : Array(entry.path.dropFirst(prefix.count))
            if entry.kind == .hardLink { entry.linkTarget = Array(entry.linkTarget.dropFirst(prefix.count)) }
            return entry
        }
    }

    // MARK: Containers

    private func containers(_ all: [FileEntry], _ damaged: Set<[UInt8]>) async throws -> [DrillCheck] {
        let name = DockerContainersCollector.name
        guard sections.isEmpty || sections.contains(name),
            manifest.sections.contains(where: { $0.name == name && $0.status == .ok })
        else { return [] }
        guard let engine else {
            return [
                DrillCheck(
                    "containers", .notChecked, "no engine was named that may start them: --engine DEVICE")
            ]
        }
        return try await EngineDrill(context: context, vault: vault, manifest: manifest, device: engine)
            .checks(all, damaged: damaged)
    }

    // MARK: Coverage

    /// Whether each section holds as many files as its record says, and which were never read as a whole.
    private func coverage(_ wanted: [FileEntry]) -> [DrillCheck] {
        var counts: [Int: Int] = [:]
        for entry in wanted { counts[entry.section, default: 0] += 1 }
        var problems: [String] = []
        var gaps: [String] = []
        for (index, section) in manifest.sections.enumerated()
        where sections.isEmpty || sections.contains(section.name) {
            let held = counts[index] ?? 0
            if held != section.files {
                problems.append("section \(section.name) says \(section.files) files and holds \(held)")
            }
            if section.status != .ok, section.status != .absent {
                gaps.append("\(section.name) is \(section.status.rawValue)")
            }
        }
        var checks = [DrillCheck("sections", problems: problems, well: "each holds the files that it says")]
        if !gaps.isEmpty {
            checks.append(
                DrillCheck(
                    "coverage", .notChecked,
                    "what was never read cannot be proven: \(gaps.joined(separator: ", "))"))
        }
        return checks
    }
}
