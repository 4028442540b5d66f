import Codecs
import Testing
import Vault

@testable import Restore

/// What was added below own paths since the backup.
@Suite struct OwnAdditionsTests {
    private typealias Planner = RestorePlannerTests

    /// `/srv/app` is an own path that the backup holds with one file; the rest came later.
    private static let present = [
        Planner.file("/srv/app", mode: 0o755, kind: .folder), Planner.file("/srv/app/disk", kind: .folder),
        Planner.file("/srv/app/disk/x"), Planner.file("/srv/app/f"), Planner.file("/srv/app/held"),
        Planner.file("/srv/app/new"), Planner.file("/srv/app/newer", kind: .folder),
        Planner.file("/srv/app/newer/y"), Planner.file("/srv/apple"),
    ]

    private func plan(
        isAsked: Bool, isWhole: Bool = false, hidesSome: Bool = false,
        _ change: (inout OwnAdditions) -> Void = { _ in }
    ) -> RestorePlanner.Result {
        var facts = PlanFacts(
            wanted: [Planner.file("/srv/app", mode: 0o755, kind: .folder), Planner.file("/srv/app/f")],
            present: Self.present, wantedSections: ["paths"], presentSections: ["paths"],
            wholeSections: isWhole ? ["paths"] : [], isSameMachine: true, hash: Planner.hash)
        var additions = OwnAdditions(section: "paths", roots: [Array("/srv/app".utf8)])
        additions.held = [Array("/srv/app/held".utf8)]
        additions.kept = [Array("/srv/app/disk".utf8)]
        change(&additions)
        facts.additions = additions
        facts.hidesSome = hidesSome
        return RestorePlanner(facts, place: .inPlace, options: .init(removesAdded: isAsked)).plan()
    }

    private func removed(_ result: RestorePlanner.Result) -> [String] {
        result.steps.filter { $0.action == .remove }.map(\.name)
    }

    @Test func `it stays unless asked for, and the plan names it and the way`() {
        let result = plan(isAsked: false)
        #expect(result.steps.isEmpty)
        #expect(
            result.warnings == [
                "What was added below own paths since the backup stays (5): /srv/app/disk, /srv/app/disk/x, /srv/app/new, /srv/app/newer, /srv/app/newer/y; --remove-added takes them away"
            ])
    }

    @Test func `when asked for it goes, at a risk worth a look, except in other file systems`() {
        let result = plan(isAsked: true)
        #expect(removed(result) == ["/srv/app/new", "/srv/app/newer", "/srv/app/newer/y"])
        #expect(result.steps.allSatisfy { $0.risk >= .medium })
        #expect(
            result.warnings == [
                "What was added below own paths since the backup stays (2): /srv/app/disk, /srv/app/disk/x; other file systems, what an exclusion matches and the state of other programs are left alone"
            ])
    }

    @Test func `a folder around what is kept stays`() {
        let result = plan(isAsked: true) { $0.kept = [Array("/srv/app/newer/deep/mount".utf8)] }
        #expect(
            removed(result) == ["/srv/app/disk", "/srv/app/disk/x", "/srv/app/new", "/srv/app/newer/y"])
    }

    @Test func `with exclusions folders stay, as they may hold what was not read`() {
        let result = plan(isAsked: true, hidesSome: true)
        #expect(removed(result) == ["/srv/app/new", "/srv/app/newer/y"])
    }

    @Test func `an obstacle keeps everything and is told`() {
        let result = plan(isAsked: true) { $0.obstacle = "the backup holds them only in part" }
        #expect(result.steps.isEmpty)
        #expect(
            result.warnings == [
                "What was added below own paths since the backup stays (5): /srv/app/disk, /srv/app/disk/x, /srv/app/new, /srv/app/newer, /srv/app/newer/y; the backup holds them only in part"
            ])
    }

    @Test func `of many only the first are named`() {
        let paths = (0..<7).map { Array("/srv/app/\($0)".utf8) }
        let additions = OwnAdditions(section: "paths", roots: [Array("/srv/app".utf8)])
        #expect(
            additions.sentence(paths, isAsked: false)
                == "What was added below own paths since the backup stays (7): /srv/app/0, /srv/app/1, /srv/app/2, /srv/app/3, /srv/app/4 and 2 more; --remove-added takes them away"
        )
    }

    /// `/srv/app/f` is a folder now, with something in it.
    private func swapped(
        isAsked: Bool, section: String = "paths", kept: [[UInt8]] = [], hidesSome: Bool = false
    ) -> RestorePlanner.Result {
        var facts = PlanFacts(
            wanted: [Planner.file("/srv/app", mode: 0o755, kind: .folder), Planner.file("/srv/app/f")],
            present: [
                Planner.file("/srv/app", mode: 0o755, kind: .folder),
                Planner.file("/srv/app/f", kind: .folder), Planner.file("/srv/app/f/precious"),
            ], wantedSections: [section], presentSections: [section],
            wholeSections: section == "paths" ? [] : [section], isSameMachine: true, hash: Planner.hash)
        if section == "paths" {
            facts.additions = OwnAdditions(section: "paths", roots: [Array("/srv/app".utf8)])
            facts.additions?.kept = kept
        }
        facts.hidesSome = hidesSome
        return RestorePlanner(facts, place: .inPlace, options: .init(removesAdded: isAsked)).plan()
    }

    @Test func `a folder in whose place something else comes takes nothing with it unseen`() {
        #expect(
            swapped(isAsked: false).conflicts == [
                "/srv/app/f is a folder, and no folder in the backup; what it holds would be lost: /srv/app/f/precious; move that away, or plan with --remove-added, or --exclude"
            ])
        let asked = swapped(isAsked: true)
        #expect(asked.conflicts == [])
        #expect(asked.steps.map(\.name) == ["/srv/app/f", "/srv/app/f/precious"])
        #expect(asked.steps.map(\.action) == [.replace, .remove])
        #expect(asked.steps.allSatisfy { $0.risk >= .medium })
        let hidden = swapped(isAsked: true, hidesSome: true)
        #expect(
            hidden.conflicts == []
                && hidden.warnings == [
                    "folders go that may hold what an exclusion matches, which was not looked at: /srv/app/f; if one does, the device refuses the plan"
                ])
        #expect(asked.warnings == [])
        let whole = swapped(isAsked: false, section: "cron")
        #expect(whole.conflicts == [] && whole.steps.map(\.action) == [.replace, .remove])
        let mounted = swapped(isAsked: true, kept: [Array("/srv/app/f/mount".utf8)])
        #expect(mounted.conflicts.count == 1 && mounted.conflicts[0].contains("/srv/app/f/mount"))
    }
}
