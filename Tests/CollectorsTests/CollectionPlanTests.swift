import Basics
import Collectors
import RemoteExecution
import TestSupport
import Testing

@Suite("The plan of a run")
struct CollectionPlanTests {
    private let boundary = FrameBoundary()

    private func script(_ plan: CollectionPlan) -> [UInt8] { plan.script(boundary: boundary) }

    @Test(
        "The whole script is well-formed for every shell at hand",
        arguments: ["dash -n", "bash --posix -n", "busybox sh -n"])
    func syntax(shell: String) throws {
        guard (try? Shell.run("command -v \(shell.split(separator: " ")[0]) >/dev/null")) != nil else {
            return
        }
        let paths = CollectionPlan.PathSet(
            paths: [Array("/srv/it's".utf8), [0x2F, 0xFF, 0x0A]], excludes: ["*/cache/*", "$(x)"])
        let plans = [(nil, .everything), (60, .ownPaths)].map { stop, lists in
            CollectionPlan(
                collectors: allCollectors, ownPaths: paths, dataSources: DataSource.all(stopSeconds: stop),
                lists: lists)
        }
        for plan in plans {
            let scratch = try ScratchFolder()
            try scratch.write(script(plan), to: "script")
            try Shell.run("\(shell) '\(scratch.path)/script'")
            for (index, step) in plan.steps.enumerated() {
                try scratch.write(Array(step.script.utf8), to: "step\(index)")
                try Shell.run("\(shell) '\(scratch.path)/step\(index)'")
            }
        }
    }

    /// Ten segments of 1,448 bytes travel before the first answer (RFC 6928), with what opens the channel among them.
    @Test("The script of a known device fits what is sent before the first answer")
    func firstFlight() throws {
        let plan = CollectionPlan(collectors: allCollectors, lists: .everything)
        var known = CollectionPlan.KnownOutcomes()
        for (step, role) in plan.roles.enumerated() {
            guard case .probe = role, step % 2 == 0 else { continue }
            known.probes[step] = OutputDigest(FrameBoundary().text + FrameBoundary().text)
        }
        known.listing = OutputDigest(FrameBoundary().text + FrameBoundary().text)
        let scratch = try ScratchFolder()
        try scratch.write(plan.script(boundary: boundary, known: known), to: "script")
        let size = try Shell.output("gzip -7 -c '\(scratch.path)/script' | wc -c")
        #expect(try #require(Int(String(decoding: size, as: UTF8.self).filter(\.isNumber))) < 14_000)
    }

    @Test("Sections of own paths and data lie behind those of the collectors")
    func sections() {
        let own = CollectionPlan.PathSet(paths: [Array("/srv".utf8)])
        let sources = DataSource.all(stopSeconds: nil)
        let plan = CollectionPlan(
            collectors: Array(allCollectors.prefix(3)), ownPaths: own, dataSources: sources)
        #expect(plan.ownPathsSection == 3 && plan.section(ofSource: 0) == 4 && plan.section(ofSource: 2) == 6)
        let bare = CollectionPlan(collectors: Array(allCollectors.prefix(3)), dataSources: sources)
        #expect(bare.section(ofSource: 0) == 3)
        #expect(
            !bare.readsInput && CollectionPlan(collectors: [], ownPaths: own, lists: .ownPaths).readsInput)
    }

    @Test("Names of data sources and collectors clash nowhere")
    func names() {
        let names = allCollectors.map { $0.name } + DataSource.all(stopSeconds: nil).map(\.name) + ["paths"]
        #expect(Set(names).count == names.count)
    }

    @Test("A file belongs to the collector whose pattern knows it best")
    func finder() {
        enum Wide: Collector {
            static let name = "wide"
            static let summary = "Everything below one folder."
            static let files = FileSet(["/etc/app"])
        }
        enum Narrow: Collector {
            static let name = "narrow"
            static let summary = "A part of it."
            static let files = FileSet(["/etc/app/conf.d/*.conf", "/etc/other"])
        }
        let finder = SectionFinder(collectors: [Wide.self, Narrow.self])
        let cases: [(String, Int?)] = [
            ("/etc/app", 0), ("/etc/app/x/y", 0), ("/etc/app/conf.d/a.conf", 1), ("/etc/app/conf.d/a.txt", 0),
            ("/etc/application", nil), ("/etc/other/z", 1), ("/", nil),
        ]
        for (path, section) in cases { #expect(finder.section(of: Array(path.utf8)) == section, "\(path)") }
    }
}
