import Basics
import ConfigText
import HostConfig
import RemoteExecution
import Vault

/// Compares a host's configuration in a backup with another backup, or with what is there now.
package struct DiffHostConfig: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.", .operand) var host: HostID
        @Field(
            "The backup: its id or the beginning of it; the newest sound one unless given.", placeholder: "ID"
        )
        var backup: String?
        @Field("Another backup to compare with instead of what is there now.", placeholder: "ID") var with:
            String?
        @Field("On this device instead of this machine, as its account for logging in has them.") var device:
            DeviceName?
        package init() {}
    }

    /// What differs in one file.
    package struct File: Codable, Sendable {
        package let path: String
        /// `same`, `changed`, `added` or `removed`.
        package let outcome: String
        /// Names of servers.
        package let added: [String]
        package let removed: [String]
        package let changed: [String]
        package let diff: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let backup: String
        /// The other backup; nil for what is there now.
        package let with: String?
        package let files: [File]

        package var display: [DisplayBlock] {
            files.map { file in
                let servers =
                    file.added.map { Cell("+ server \($0)", .good) }
                    + file.removed.map { Cell("- server \($0)", .bad) }
                    + file.changed.map { Cell("~ server \($0)", .warning) }
                let lines = file.diff.map {
                    Cell($0, $0.hasPrefix("+") ? .good : $0.hasPrefix("-") ? .bad : .plain)
                }
                return .lines([Cell("\(file.path): \(file.outcome)")] + servers + lines)
            }
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("diff"),
        summary: "Compare a program's configuration with a backup, server by server",
        effect: .reads,
        errors: [
            .deviceUnknown, .deviceUnreachable, .authenticationFailed, .hostKeyChanged, .timedOut,
            .collectionFailed,
            .backupUnknown, .backupAmbiguous, .ioFailed, .vaultCorrupt, .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example("holdfast host-config diff cursor", "what changed since its newest backup"),
            Contract.Example(
                "holdfast host-config diff cursor --backup 20261101 --with 20261128", "two backups"),
        ], reach: .everything,
        guidance: Guidance(
            "diff_host_config", title: "Compare a program's configuration", in: .hostConfigs,
            purpose: "Compares one program's configuration with a backup of it, server by server.",
            behaviour: "Reads the file and the vault; changes nothing.",
            use:
                "Use it before putting something back, or to see what an installer did; for the entries as they are use show_host_config.",
            returns: "Returns servers added, removed and changed, and the lines that differ, secrets hidden.",
            reachesDevices: true,
            next: [.init("list_host_configs")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let host = input.host.host
        let vault = try await context.services.vault()
        let manifest = try await HostSeries(host, on: input.device.other).manifest(input.backup, in: vault)
        let old = try await Self.texts(of: manifest, in: vault)
        var new: [String: [UInt8]] = [:]
        var other: BackupID?
        if let named = input.with {
            let manifest = try await HostSeries(host, on: input.device.other).manifest(named, in: vault)
            other = manifest.id
            new = try await Self.texts(of: manifest, in: vault)
        } else if let there = try await DeviceHosts.read(input.device.other, [host], context) {
            new = Dictionary(try there.texts()) { first, _ in first }
        } else {
            // Files that the backup has and that are there, wherever they would be looked for today.
            for path in Set(HostPlace.here.present(of: host)).union(old.keys) {
                let situation = HostSituation(of: host, at: path)
                guard situation.state != .unreadable else {
                    throw OperationError(.ioFailed, "\(path) cannot be read: \(situation.reason)")
                }
                if let file = situation.snapshot { new[file.path] = file.bytes }
            }
        }
        let files = Set(old.keys).union(new.keys).sorted().map { path in
            File(
                path, old[path], new[path],
                ShownHostText(host: host, redactor: context.services.redactor))
        }
        return Output(host: host.id, backup: manifest.id.text, with: other?.text, files: files)
    }

    private static func texts(
        of manifest: Manifest, in vault: Vault
    ) async throws(OperationError) -> [String: [UInt8]] {
        let files = try await HostSeries.files(of: manifest, in: vault)
        return Dictionary(files.map { ($0.path, $0.bytes) }) { $1 }
    }
}

extension DiffHostConfig.File {
    init(_ path: String, _ old: [UInt8]?, _ new: [UInt8]?, _ shown: ShownHostText) {
        func servers(_ bytes: [UInt8]?) -> [String: JSONValue] {
            // A text that cannot be understood has no server that could be named.
            bytes.map { HostSituation.look($0, shown.host).2 } ?? [:]
        }
        let (before, after) = (servers(old), servers(new))
        self.init(
            path: path,
            outcome: old == new ? "same" : old == nil ? "added" : new == nil ? "removed" : "changed",
            added: after.keys.filter { before[$0] == nil }.sorted(),
            removed: before.keys.filter { after[$0] == nil }.sorted(),
            changed: after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.sorted(),
            diff: old == new ? [] : shown.diff(old ?? [], new ?? []))
    }
}
