import Basics
import Collectors
import RemoteExecution
import Vault

/// Compares two backups, or a backup with the machine as it is now.
package struct DiffBackups: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The earlier backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand)
        var from: String
        @Field("The later backup.", .operand) var to: String?
        @Field("Compare with the device as it is now.") var live = false
        @Field("Only this section; repeatable.", placeholder: "SECTION") var only: [String] = []
        package init() {}
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("diff"),
        summary: "Compare two backups, or a backup with the live machine",
        discussion: """
            Compares what things mean, not how a tool printed them: packages, users, units, containers, ports; files as \
            unified text. A secret that changed is shown as changed, never as what it is. Two backups of an idle machine \
            differ by nothing.

            With --live the device is read as for a backup; what is read is compared and not kept as a backup. A device \
            that cannot be read to the end is not compared. What a backup did not come to is not known, and is told as such: \
            then the call ends as partial. What containers and instances hold is not read with --live; one line names it, \
            and the call ends as partial only where --only asks for it.
            """,
        effect: .reads,
        errors: [.backupUnknown, .backupAmbiguous, .deviceUnknown, .deviceUnreachable, .vaultCorrupt],
        examples: [
            Contract.Example(
                "holdfast backup diff 20261101 latest:web1", "what changed since the first of November"),
            Contract.Example(
                "holdfast backup diff latest:web1 --live", "what changed since the newest backup"),
        ],
        reach: .scoped,
        guidance: Guidance(
            "diff_backups", title: "Compare backups", in: .core,
            purpose: "Compares two backups, or a backup with its machine as it is now.",
            behaviour:
                "Changes nothing; with ‘live’ it reads the machine over SSH, which takes as long as a backup.",
            use:
                "Use it to find what changed; for one backup alone use get_backup. Give ‘to’ or ‘live’, not both.",
            returns:
                "Returns changed sections, items and files, with text differences; narrow it with ‘only’.",
            essentials: ["path", "change", "what"], reachesDevices: true,
            next: [.init("get_backup", ["backup": "from"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> BackupDiff
    {
        guard (input.to != nil) != input.live else {
            throw OperationError(
                .argumentInvalid, "A diff needs two states", hint: "Name a second backup, or pass --live.")
        }
        let (vault, old) = try await context.manifest(input.from)
        let known = Set(old.sections.map(\.name)).union(allCollectors.map { $0.name })
        if let unknown = input.only.first(where: { !known.contains($0) }) {
            throw OperationError(
                .argumentInvalid, "There is no section ‘\(unknown)’", hint: "See: holdfast section list")
        }
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        let wanted = Set(input.only)
        do {
            let before = try await comparison.state(of: old)
            let after: DeviceState
            if let to = input.to {
                after = try await comparison.state(of: context.manifest(to).manifest)
            } else {
                after = try await liveState(of: old, vault, comparison, context)
            }
            return try await comparison.diff(from: before, to: after, asked: wanted) {
                wanted.isEmpty || wanted.contains($0)
            }
        } catch { throw OperationError(any: error) }
    }

    /// Reads the device anew; nothing of it is stored.
    private func liveState(
        of manifest: Manifest, _ vault: Vault, _ comparison: StateComparison, _ context: OperationContext
    ) async throws -> DeviceState {
        guard let name = DeviceName(manifest.summary.device.name) else {
            throw OperationError(
                .deviceUnknown, "The backup's device ‘\(manifest.summary.device.name)’ has no usable name")
        }
        let device = try await context.device(name)
        let sections = Set(manifest.sections.map(\.name))
        let meter = await vault.meter()
        var limits = ShellJob.Limits()
        limits.total = .seconds(86_400)
        // Nothing of it is stored, and a device that cannot list its files sends them all.
        limits.output = 1 << 50
        let entries = try await vault.entries(of: manifest)
        let own = manifest.sections.firstIndex { $0.name == DeviceBackup.ownPathsSection }
        let paths =
            own.map { index in Self.roots(of: entries.filter { $0.section == index }.map(\.path)) } ?? []
        let request = DeviceBackup.Request(
            collectors: allCollectors.filter { sections.contains($0.name) }, name: "", paths: paths,
            excludes: [],
            readsAll: false, limits: limits, lists: .ownPaths)
        let backup = DeviceBackup(
            device: device, request: request, vault: vault,
            earlier: try await vault.newest(of: [name.text])[name.text], reusesInventories: false,
            intake: meter, context: context, onBytes: { _ in })
        var state = try await comparison.state(of: backup.readWhole(), meter: meter)
        state.unasked = sections.intersection(DataSource.all(stopSeconds: nil).map(\.name))
        return state
    }

    /// The topmost of sorted paths.
    private static func roots(of paths: [[UInt8]]) -> [String] {
        var roots: [[UInt8]] = []
        for path in paths {
            if let last = roots.last, path.starts(with: last + [UInt8(ascii: "/")]) { continue }
            roots.append(path)
        }
        return roots.compactMap { String(validating: $0, as: UTF8.self) }
    }
}
