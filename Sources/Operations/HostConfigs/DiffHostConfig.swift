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
        /// What differs of its mode, owner and extended attributes, as phrases.
        package let state: [String]
        package let diff: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let backup: String
        /// The other backup; nil for what is there now.
        package let with: String?
        package let files: [File]

        /// A name on one line.
        private static func oneLine(_ name: String) -> String {
            name.replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        }

        package var display: [DisplayBlock] {
            guard !files.isEmpty else {
                let other = with.map { "in \($0)" } ?? "now"
                return [.lines([Cell("There is no file in the backup, and none \(other).")])]
            }
            return files.map { file in
                let servers =
                    file.added.map { Cell("+ server \(Self.oneLine($0))", .good) }
                    + file.removed.map { Cell("- server \(Self.oneLine($0))", .bad) }
                    + file.changed.map { Cell("~ server \(Self.oneLine($0))", .warning) }
                    + file.state.map { Cell("~ \($0)", .warning) }
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
        let series = HostSeries(host, on: input.device.other)
        let before = try await series.chosen(input.backup, in: vault, telling: context.warnings)
        let old = before.map(Text.init)
        var new: [Text] = []
        var other: BackupID?
        if let named = input.with {
            let after = try await series.chosen(named, in: vault, telling: context.warnings)
            other = after.newest?.id
            new = after.map(Text.init)
        } else if let there = try await DeviceHosts.read(input.device.other, [host], context) {
            new = try there.texts().map {
                Text(place: $0.place, path: $0.path, text: HostText($0.bytes, of: host))
            }
        } else {
            new = try Self.present(host, old)
        }
        let shown = ShownHostText(host: host, redactor: context.services.redactor)
        var files: [File] = []
        for text in old {
            let now = new.first { $0.isSame(as: text) }
            new.removeAll { $0.isSame(as: text) }
            files.append(File(text.place, text, now, shown))
        }
        files += new.map { File($0.place, nil, $0, shown) }
        return Output(
            host: host.id, backup: before.newest?.id.text ?? "", with: other?.text,
            files: files.sorted { $0.path < $1.path })
    }

    /// One text, and the place where the program reads it.
    fileprivate struct Text {
        let place: String
        let path: String
        let text: HostText
        /// What belongs to it besides; nil where that is not compared.
        let state: HostFileState?

        init(place: String, path: String, text: HostText, state: HostFileState? = nil) {
            (self.place, self.path, self.text, self.state) = (place, path, text, state)
        }

        init(_ holding: HostHolding) {
            self.init(
                place: holding.place, path: holding.file.path, text: holding.file.text,
                state: HostFileState(holding.file.entry, isImported: !holding.isOwn))
        }

        func isSame(as other: Text) -> Bool {
            place == other.place || path == other.path && (place == path || other.place == other.path)
        }
    }

    /// What is there now: in the places that are known, and in those of the backup.
    private static func present(_ host: AssistantHost, _ old: [Text]) throws(OperationError) -> [Text] {
        let here = HostPlace.here
        var texts: [Text] = []
        for path in here.present(of: host) + old.map(\.place) {
            let place = here.place(path)
            guard !texts.contains(where: { $0.place == place }) else { continue }
            let situation = HostSituation(of: host, at: path)
            guard situation.state != .unreadable else {
                throw OperationError(.ioFailed, "\(path) cannot be read: \(situation.reason)")
            }
            if let file = situation.snapshot, let text = situation.text {
                texts.append(Text(place: place, path: file.path, text: text, state: HostFileState(file)))
            }
        }
        return texts
    }
}

extension DiffHostConfig.File {
    fileprivate init(
        _ path: String, _ one: DiffHostConfig.Text?, _ other: DiffHostConfig.Text?, _ shown: ShownHostText
    ) {
        let (old, new) = (one?.text, other?.text)
        // A text that cannot be understood has no server that could be named.
        let (before, after) = (old?.servers ?? [:], new?.servers ?? [:])
        let hasSameBytes = old?.bytes == new?.bytes
        var state: [String] = []
        if let was = one?.state, let now = other?.state { state = was.differences(from: now) }
        let isSame = hasSameBytes && state.isEmpty
        self.init(
            path: path,
            outcome: isSame ? "same" : old == nil ? "added" : new == nil ? "removed" : "changed",
            added: after.keys.filter { before[$0] == nil }.sorted(),
            removed: before.keys.filter { after[$0] == nil }.sorted(),
            changed: after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.sorted(),
            state: state, diff: hasSameBytes ? [] : shown.diff(old, new))
    }
}
