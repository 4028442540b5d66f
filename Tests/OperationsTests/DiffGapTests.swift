import Basics
import Collectors
import LocalExecution
import RemoteExecution
import Synchronization
import TestSupport
import Testing

@testable import Operations
@testable import Vault

@Suite struct DiffGapTests {
    private static func state(
        _ label: String, _ sections: [String: String], files: [(String, String)], users: [String] = [],
        endedEarly: Bool = false
    ) -> DeviceState {
        let names = sections.keys.sorted()
        return DeviceState(
            label: label, sections: sections, items: ["users": users.map { InventoryItem("user", $0, [:]) }],
            files: files.sorted { $0.0 < $1.0 }.map { path, section in
                FileEntry(
                    path: Array(path.utf8), kind: .folder, mode: 0o755,
                    section: names.firstIndex(of: section) ?? 0)
            }, sectionNames: names, endedEarly: endedEarly, meter: nil)
    }

    private func diff(_ old: DeviceState, _ new: DeviceState) async throws -> BackupDiff {
        let services = try await TestServices()
        let comparison = StateComparison(vault: try await services.vault(), redactor: services.redactor)
        return try await comparison.diff(from: old, to: new) { _ in true }
    }

    private let whole = state(
        "a", ["cron": "ok", "users": "ok"], files: [("/etc/cron.d", "cron"), ("/etc/users", "users")],
        users: ["ann", "bob"])

    @Test func `what a state could not see is neither removed nor added`() async throws {
        let part = Self.state("b", ["cron": "ok", "users": "partial"], files: [], users: ["ann"])
        let there = try await diff(whole, part)
        #expect(there.files.map(\.path) == ["/etc/cron.d"] && there.items.isEmpty)
        #expect(there.notKnown == [SectionGap(section: "users", state: "b", things: 2)])
        #expect(!there.isComplete && !there.isEmpty)
        let back = try await diff(part, whole)
        #expect(back.files.map(\.path) == ["/etc/cron.d"] && back.items.isEmpty)
        #expect(back.notKnown == [SectionGap(section: "users", state: "b", things: 2)])
    }

    @Test func `two states that see as much as each other are compared`() async throws {
        let old = Self.state("a", ["users": "partial"], files: [("/etc/users", "users")], users: ["ann"])
        let new = Self.state("b", ["users": "partial"], files: [], users: ["bob"])
        let known = try await diff(old, new)
        #expect(known.files.map(\.change) == [.removed])
        #expect(known.items.map(\.change) == [.removed, .added] && known.isComplete)
        var cut = new
        cut.endedEarly = true
        let unknown = try await diff(old, cut)
        #expect(unknown.files.isEmpty && unknown.items.map(\.change) == [.added])
        #expect(unknown.notKnown == [SectionGap(section: "users", state: "b", things: 2)])
    }

    @Test func `a section that only one state could read is told`() async throws {
        let denied = Self.state("b", ["cron": "ok", "users": "denied"], files: [("/etc/cron.d", "cron")])
        let result = try await diff(whole, denied)
        #expect(result.notKnown == [SectionGap(section: "users", state: nil, things: 0)])
        #expect(result.files.isEmpty && result.items.isEmpty && !result.isComplete)
        let absent = Self.state("b", ["cron": "ok", "users": "absent"], files: [("/etc/cron.d", "cron")])
        #expect(try await diff(whole, absent).files.map(\.change) == [.removed])
    }

    @Test func `data that is not read to compare it is named, and is a gap only to who asked for it`()
        async throws
    {
        let backup = Self.state(
            "a", ["container-data": "ok", "cron": "ok", "lxd-data": "absent"],
            files: [("/data/volume", "container-data"), ("/etc/cron.d", "cron")])
        var live = Self.state("live", ["cron": "ok"], files: [("/etc/cron.d", "cron")])
        live.unasked = ["container-data", "lxd-data"]
        let result = try await diff(backup, live)
        #expect(result.sections.isEmpty && result.files.isEmpty && result.items.isEmpty)
        #expect(result.notKnown == [] && result.isComplete && result.isEmpty)
        #expect(result.notCompared == ["container-data"])
        func lines(_ diff: BackupDiff) -> [String] {
            diff.display.flatMap { block in
                if case .lines(let cells) = block { cells.map(\.text) } else { [String]() }
            }
        }
        #expect(lines(result).contains { $0.hasPrefix("No difference") }, "\(lines(result))")
        #expect(
            lines(result).contains { $0.hasPrefix("Not compared: container-data, ") }, "\(lines(result))")
        let services = try await TestServices()
        let comparison = StateComparison(vault: try await services.vault(), redactor: services.redactor)
        let cron = try await comparison.diff(from: backup, to: live) { $0 == "cron" }
        #expect(cron.isEmpty && cron.notCompared == [])
        // Who names the data, or a backup of nothing else, gets no whole answer.
        let data = try await comparison.diff(
            from: backup, to: live, asked: ["container-data", "cron"], wanted: { _ in true })
        #expect(data.notKnown == [SectionGap(section: "container-data", state: nil, things: 0)])
        #expect(data.notCompared == [] && !data.isComplete)
        #expect(lines(data).contains { $0.hasPrefix("container-data: not compared") }, "\(lines(data))")
        let only = try await comparison.diff(from: backup, to: live) { $0.hasSuffix("-data") }
        #expect(!only.isComplete)
    }

    @Test func `a device that is cut off midway is neither compared nor planned on`() async throws {
        let services = try await TestServices()
        let made = try await services.call(
            "backup create", ["device": ["local"], "only": ["identity", "users", "cron"]])
        let id = try #require(made.json["backups"]?.array?.first?["backup"]?.string)
        let cutting = try await TestServices(transport: EarlyEnd(), reopening: services)
        let calls: [(String, [String: JSONValue])] = [
            ("backup diff", ["from": .string(id), "live": true]),
            ("restore plan", ["backup": .string(id), "in_place": true]),
        ]
        for (operation, arguments) in calls {
            let error = await #expect(throws: OperationError.self) {
                try await cutting.call(operation, arguments)
            }
            #expect(error?.code == .collectionFailed, "\(operation): \(String(describing: error))")
            #expect(error?.message.contains("was not read to the end") == true)
        }
    }
}

/// This machine, whose connection ends after a few kilobytes.
private struct EarlyEnd: DeviceTransport {
    private actor Consumer: ShellConsumer {
        private let consumer: any ShellConsumer
        private var room = 3000

        init(_ consumer: any ShellConsumer) { self.consumer = consumer }

        func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
            guard stream == .standardOutput else { return try await consumer.receive(bytes, from: stream) }
            let part = bytes.prefix(room)
            room -= part.count
            let reply = try await consumer.receive(Array(part), from: stream)
            if room == 0 { throw ShellError(.disconnected, "the connection was cut") }
            return reply
        }
    }

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        do { return try await LocalTransport().run(job, on: device, into: Consumer(consumer)) } catch {
            throw ShellError(.disconnected, "the connection was cut")
        }
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        throw ShellError(.disconnected, "there is none")
    }
}
