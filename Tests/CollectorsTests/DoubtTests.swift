import Basics
import RemoteExecution
import Testing

@testable import Collectors

/// A shell, or a tool, that answers everything with nothing and status 0.
@Suite struct DoubtTests {
    private static func captures(of collector: any Collector.Type, _ output: String) -> Captures {
        var captures = Captures()
        for probe in collector.probes {
            captures.byProbe[probe.name] = Capture(outcome: .exited(0), output: Array(output.utf8))
        }
        return captures
    }

    static let doubtful: [any Collector.Type] = [
        IdentityCollector.self, NetworkStateCollector.self, PackagesAPKCollector.self,
        PackagesDpkgCollector.self,
        PackagesPacmanCollector.self, SystemdUnitsCollector.self, UsersCollector.self,
    ]

    @Test(arguments: doubtful.indices, ["", "\n", " \n\n"])
    func `nothing at all is no whole section`(_ index: Int, _ output: String) {
        let collector = Self.doubtful[index]
        let captures = Self.captures(of: collector, output)
        let doubt = collector.doubt(captures)
        #expect(doubt != nil, "\(collector.name)")
        let verdict = SectionVerdict(
            probes: collector.probes, captures: captures, misunderstood: doubt, user: "root")
        #expect(verdict.status == .failed && !verdict.reason.isEmpty, "\(collector.name): \(verdict)")
        let found = SectionVerdict(
            probes: collector.probes, captures: captures, files: FilesOutcome(found: 1), misunderstood: doubt,
            user: "root")
        #expect(found.status == .partial)
    }

    @Test func `a probe that failed says so itself`() {
        for collector in Self.doubtful {
            var captures = Captures()
            for probe in collector.probes {
                captures.byProbe[probe.name] = Capture(outcome: .exited(1), output: [], errors: [])
            }
            #expect(collector.doubt(captures) == nil)
        }
    }

    @Test func `what every machine says leaves no doubt`() {
        let users = Self.captures(of: UsersCollector.self, "root:x:0:0:root:/root:/bin/sh\n")
        #expect(UsersCollector.doubt(users) == nil)
        let others = Self.captures(of: UsersCollector.self, "bob:x:1000:1000::/home/bob:/bin/sh\n")
        #expect(UsersCollector.doubt(others) != nil)
        #expect(IdentityCollector.doubt(Self.captures(of: IdentityCollector.self, "kernel=6.1.0\n")) == nil)
        #expect(IdentityCollector.doubt(Self.captures(of: IdentityCollector.self, "init=systemd\n")) != nil)
        let packages = Self.captures(
            of: PackagesDpkgCollector.self, "dpkg\tamd64\t1.21\tinstall ok installed\n")
        #expect(PackagesDpkgCollector.doubt(packages) == nil)
    }
}
