import Basics
import Codecs
import Collectors
import LocalExecution
import RemoteExecution
import Testing

@Suite("System collectors on this machine")
struct SystemRunTests {
    private struct NoFiles: FileSink {
        func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {}
    }

    /// Collectors that read the system itself; those of containers and networks see what changes by the second.
    private static let collectors: [any Collector.Type] = [
        CronCollector.self, FilesystemsCollector.self, HardwareCollector.self, IdentityCollector.self,
        KernelCollector.self, OpenRCCollector.self, PackagesAPKCollector.self, PackagesDpkgCollector.self,
        PackagesPacmanCollector.self, PackagesRPMCollector.self, SSHKeysCollector.self, SudoersCollector.self,
        SystemdUnitsCollector.self, TimeLocaleCollector.self, UsersCollector.self, VolumesCollector.self,
        ZFSCollector.self,
    ]

    private static func run() async throws -> CollectionResults {
        let plan = CollectionPlan(collectors: collectors.filter { !$0.probes.isEmpty })
        let boundary = FrameBoundary()
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: NoFiles())
        let job = ShellJob(input: plan.script(boundary: boundary))
        let device = Device.local(added: Timestamp(seconds: 0))
        _ = try await LocalTransport().run(job, on: device, into: reader)
        return await reader.results()
    }

    private static func differ(_ first: CollectionResults, _ second: CollectionResults) throws -> Bool {
        try collectors.contains { collector in
            let both = try [first, second].map {
                try collector.parse($0.captures[collector.name] ?? Captures())
            }
            return sorted(both[0]) != sorted(both[1])
        }
    }

    @Test("say the same twice, and what they could not read", .timeLimit(.minutes(5)))
    func readsTheSameTwice() async throws {
        var (first, second) = (try await Self.run(), try await Self.run())
        // Other tests mount and start things at the same time: a machine that is never quiet is one that differs.
        for _ in 0..<4 where try Self.differ(first, second) {
            (first, second) = (second, try await Self.run())
        }
        #expect(first.isComplete && second.isComplete)
        let user = first.account ?? ""
        for collector in Self.collectors {
            let captures = first.captures[collector.name] ?? Captures()
            let inventory = try collector.parse(captures)
            let again = try collector.parse(second.captures[collector.name] ?? Captures())
            #expect(Self.sorted(inventory) == Self.sorted(again), "\(collector.name)")
            let verdict = SectionVerdict(probes: collector.probes, captures: captures, user: user)
            #expect(verdict.status != .failed, "\(collector.name): \(verdict.reason)")
            #expect(verdict.status != .ok || verdict.gaps.isEmpty)
            // Nothing can be read of what is absent, and everything that is absent says so.
            #expect(verdict.status != .absent || inventory.items.isEmpty, "\(collector.name)")
        }
    }

    @Test("find the machine's kernel, processor and first user")
    func findsTheObvious() async throws {
        let results = try await Self.run()
        func items(_ collector: any Collector.Type) throws -> [InventoryItem] {
            try collector.parse(results.captures[collector.name] ?? Captures()).items
        }
        #expect(try items(IdentityCollector.self).contains { $0.fields["kernel"]?.string != nil })
        #expect(
            try items(HardwareCollector.self).contains {
                $0.kind == "processor" && $0.fields["threads"]?.int ?? 0 > 0
            })
        let root = try #require(
            try items(UsersCollector.self).first { $0.kind == "user" && $0.name == "root" })
        #expect(root.fields["uid"] == 0)
        #expect(try items(FilesystemsCollector.self).contains { $0.kind == "mount" && $0.name == "/" })
    }

    private static func sorted(_ inventory: Inventory) -> [InventoryItem] {
        inventory.items.sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }
}
