import RemoteExecution

/// Puts the steps of a plan together, and what each of them is for.
struct PlanComposer {
    let collectors: [any Collector.Type]
    let ownPaths: CollectionPlan.PathSet
    let lists: CollectionPlan.Listing
    private(set) var steps: [ScriptStep] = []
    private(set) var roles: [CollectionPlan.Role] = []

    init(
        collectors: [any Collector.Type], ownPaths: CollectionPlan.PathSet, lists: CollectionPlan.Listing
    ) {
        self.collectors = collectors
        self.ownPaths = ownPaths
        self.lists = lists
    }

    mutating func add(_ step: ScriptStep, _ role: CollectionPlan.Role) {
        steps.append(step)
        roles.append(role)
    }

    private var patterns: [String] { collectors.flatMap { $0.files.patterns } }
    private var excludes: [String] { collectors.flatMap { $0.files.excludes } }

    private var configuration: ListingStep.Configuration? {
        guard lists == .everything else { return nil }
        let discoveries = collectors.indices.filter { collectors[$0].files.discovery != nil }
            .map { (source: $0 + 1, files: collectors[$0].files) }
        guard !patterns.isEmpty || !discoveries.isEmpty else { return nil }
        return ListingStep.Configuration(patterns: patterns, excludes: excludes, discoveries: discoveries)
    }

    private var hasListing: Bool {
        configuration != nil || (lists != .nothing && !ownPaths.paths.isEmpty)
    }

    /// First of all: what is asked for travels while the probes run.
    mutating func addListing() {
        guard hasListing else { return }
        let own = ownPaths.paths.isEmpty ? nil : (source: collectors.count + 1, set: ownPaths)
        add(ListingStep.listing(configuration, own: own), .listing)
    }

    mutating func addProbes() {
        for (index, collector) in collectors.enumerated() {
            for (probeIndex, probe) in collector.probes.enumerated() {
                add(
                    ScriptStep(
                        tool: probe.tool, timeLimit: probe.timeLimit, script: probe.script, isCounted: true),
                    .probe(collector: index, probe: probeIndex))
            }
        }
    }

    mutating func addSelected() {
        if hasListing { add(ListingStep.selected, .selected) }
    }

    /// The configuration whole, where it is not listed or cannot be.
    mutating func addConfiguration() {
        func wanted(_ step: ScriptStep) -> ScriptStep {
            lists == .everything ? step.when(ListingStep.listsNot, standsEarly: true) : step
        }
        if !patterns.isEmpty { add(wanted(FileStep.patterns(patterns, excludes: excludes)), .files) }
        for (index, collector) in collectors.enumerated() {
            guard let discovery = collector.files.discovery else { continue }
            let shared = collector.files.overlap.map {
                FileStep.Shared(folder: $0, patterns: patterns, excludes: excludes)
            }
            let step = FileStep.discovered(
                by: discovery, excludes: collector.files.excludes, besides: shared)
            add(wanted(step), .discovered(collector: index))
        }
    }

    /// The own paths whole, where they are not listed or cannot be.
    mutating func addOwnPaths() {
        guard !ownPaths.paths.isEmpty else { return }
        let step = FileStep.literal(ownPaths)
        add(lists == .nothing ? step : step.when(ListingStep.listsNot), .ownPaths)
    }
}
