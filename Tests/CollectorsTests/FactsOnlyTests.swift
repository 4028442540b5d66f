import Basics
import Testing

@testable import Collectors

@Suite struct FactsOnlyTests {
    @Test func `it asks for what the section cannot do without, and for no file`() {
        let collectors: [any Collector.Type] = [IdentityCollector.self, UsersCollector.self]
        for collector in collectors {
            let facts = collector.factsOnly
            #expect(facts.name == collector.name && facts.summary == collector.summary)
            #expect(facts.files == FileSet())
            #expect(facts.probes == collector.probes.filter(\.isRequired) && !facts.probes.isEmpty)
        }
        let plan = CollectionPlan(collectors: collectors.map { $0.factsOnly })
        #expect(plan.roles == [.probe(collector: 0, probe: 0), .probe(collector: 1, probe: 0)])
        #expect(SectionFinder(collectors: plan.collectors).section(of: Array("/etc/passwd".utf8)) == nil)
    }

    @Test func `it understands and doubts as the section does`() throws {
        let text = Array("root:x:0:0:root:/root:/bin/sh\n\n=== group\nroot:x:0:\n".utf8)
        let captures = Captures(["accounts": Capture(outcome: .exited(0), output: text)])
        let items = try UsersCollector.factsOnly.parse(captures).items
        #expect(items.map(\.name) == ["root", "root"])
        #expect(try items == UsersCollector.parse(captures).items)
        #expect(UsersCollector.factsOnly.doubt(captures) == nil)
        let nothing = Captures(["accounts": Capture(outcome: .exited(0))])
        #expect(UsersCollector.factsOnly.doubt(nothing) == UsersCollector.doubt(nothing))
    }
}
