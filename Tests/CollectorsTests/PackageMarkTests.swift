import Basics
import Testing

@testable import Collectors

/// What is not known of a package is not told of it.
@Suite struct PackageMarkTests {
    private func marks(_ collector: any Collector.Type, _ outputs: [String: String]) throws -> [String:
        JSONValue]
    {
        let captures = Captures(
            outputs.mapValues { Capture(outcome: .exited(0), output: Array($0.utf8)) }.merging(
                collector.probes.filter { outputs[$0.name] == nil }.map {
                    ($0.name, Capture(outcome: .timedOut))
                }
            ) { first, _ in first })
        let packages = try collector.parse(captures).items.filter { $0.kind == "package" }
        return Dictionary(uniqueKeysWithValues: packages.map { ($0.name, $0.fields["manual"] ?? .null) })
    }

    @Test func `without the architecture of a Debian machine, marks of packages for all are not known`()
        throws
    {
        let packages = """
            adduser\tall\t3.1\tinstall ok installed
            acl\tamd64\t2.3\tinstall ok installed
            vim\tamd64\t9\tinstall ok installed

            """
        let dependencies = "adduser:amd64\nacl:amd64\n"
        #expect(
            try marks(
                PackagesDpkgCollector.self,
                ["packages": packages, "dependencies": dependencies, "architectures": "amd64\n"])
                == ["adduser:all": false, "acl:amd64": false, "vim:amd64": true])
        #expect(
            try marks(PackagesDpkgCollector.self, ["packages": packages, "dependencies": dependencies])
                == ["adduser:all": .null, "acl:amd64": false, "vim:amd64": true])
    }

    @Test func `without the list of those asked for, pacman's packages are marked as neither`() throws {
        let packages = "acl 2.3\nvim 9\n"
        #expect(
            try marks(PackagesPacmanCollector.self, ["packages": packages, "manual": "vim\n"])
                == ["acl": false, "vim": true])
        #expect(
            try marks(PackagesPacmanCollector.self, ["packages": packages])
                == ["acl": .null, "vim": .null])
    }
}
