import Collectors
import Testing

@Suite("The list of collectors")
struct RegistryTests {
    @Test("is sorted and names each once")
    func isSorted() {
        let names = allCollectors.map { $0.name }
        #expect(names == Set(names).sorted())
    }

    @Test("gives well-formed names and one-sentence summaries")
    func isWellFormed() {
        for collector in allCollectors {
            #expect(Self.isName(collector.name), "\(collector.name)")
            #expect(collector.summary.hasSuffix("."), "\(collector.name)")
            #expect(
                !collector.probes.isEmpty || collector.files != FileSet(), "\(collector.name) reads nothing")
            let probes = collector.probes.map(\.name)
            #expect(Set(probes).count == probes.count, "\(collector.name)")
            for probe in probes { #expect(Self.isName(probe), "\(collector.name): \(probe)") }
        }
    }

    @Test("asks for root only where it tells the sudoers rule")
    func namesRootCommands() {
        for collector in allCollectors {
            for probe in collector.probes {
                #expect(
                    probe.script.contains("hf_root") == (probe.rootCommand != nil),
                    "\(collector.name): \(probe.name)")
            }
        }
    }

    @Test("names absolute paths only")
    func namesAbsolutePaths() {
        for collector in allCollectors {
            for pattern in collector.files.patterns + collector.files.excludes {
                #expect(pattern.hasPrefix("/"), "\(collector.name): \(pattern)")
                #expect(!pattern.split(separator: "/").contains(".."), "\(collector.name): \(pattern)")
            }
        }
    }

    @Test("has a recorded machine for every collector that runs something")
    func hasFixtures() {
        for collector in allCollectors where !collector.probes.isEmpty {
            #expect(Fixture.all.contains { $0.collector == collector.name }, "\(collector.name)")
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { word in
                !word.isEmpty
                    && word.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
            }
    }
}
