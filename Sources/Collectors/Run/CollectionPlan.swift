package import RemoteExecution

/// What one run asks of one device: the collectors' probes, their files and the device's own paths, as framed steps.
package struct CollectionPlan: Sendable {
    /// What a step of the script is for.
    package enum Role: Sendable, Equatable {
        /// A probe of the collector at this index.
        case probe(collector: Int, probe: Int)
        /// Files of all collectors' fixed patterns, as one tar stream.
        case files
        /// Files that the collector at this index finds on the device, as a tar stream.
        case discovered(collector: Int)
        /// Data of the source at this index, as a tar stream.
        case data(source: Int)
        /// The listing of files, from which the sink selects.
        case listing
        /// What the sink selected, as a tar stream.
        case selected
        /// The paths a person named, as a tar stream.
        case ownPaths
    }

    /// What is listed first, so that the sink can tell what it has already; where a device cannot list, all is sent.
    package enum Listing: Sendable, Equatable {
        case nothing
        case ownPaths
        /// Configuration and own paths.
        case everything
    }

    /// Own paths and what of them to leave out.
    package struct PathSet: Sendable, Equatable {
        /// Absolute paths, literally.
        package var paths: [[UInt8]]
        /// Globs matched against absolute paths.
        package var excludes: [String]

        package init(paths: [[UInt8]] = [], excludes: [String] = []) {
            self.paths = paths
            self.excludes = excludes
        }
    }

    package let collectors: [any Collector.Type]
    package let ownPaths: PathSet
    package let dataSources: [DataSource]
    package let steps: [ScriptStep]
    package let roles: [Role]
    private let template: FramedScript.Template
    /// What a script of the plan's steps needs before them.
    package let setup: String

    /// Whether the script reads from standard input after it began to run.
    package var readsInput: Bool { steps.contains(where: \.readsInput) }

    /// - Parameter lists: what is listed before it is sent.
    package init(
        collectors: [any Collector.Type], ownPaths: PathSet = PathSet(), dataSources: [DataSource] = [],
        lists: Listing = .nothing
    ) {
        var composer = PlanComposer(collectors: collectors, ownPaths: ownPaths, lists: lists)
        composer.addListing()
        composer.addProbes()
        composer.addSelected()
        composer.addConfiguration()
        for (index, source) in dataSources.enumerated() {
            composer.add(source.step, .data(source: index))
        }
        composer.addOwnPaths()
        self.collectors = collectors
        self.dataSources = dataSources
        self.ownPaths = ownPaths
        steps = composer.steps
        roles = composer.roles
        let hasFiles = roles.contains { if case .probe = $0 { false } else { true } }
        let hasListing = roles.contains(.listing)
        setup = (hasFiles ? FileStep.setup : "") + (hasListing ? FileStep.listingSetup : "")
        template = FramedScript.Template(steps: steps, setup: setup)
    }

    /// Whether files of `role` are not sent as such where the device lists them first.
    func isListed(_ role: Role) -> Bool {
        roles.indices.contains { roles[$0] == role && steps[$0].condition == ListingStep.listsNot }
    }

    /// The section of a listed file: the collector's that knows it best or found it, or that of own paths.
    package func section(of file: ListedFile, by finder: SectionFinder) -> Int? {
        if file.source == 0 { return finder.section(of: file.path) }
        return file.source <= collectors.count ? file.source - 1 : ownPathsSection
    }

    /// Index of the section of own paths, behind those of the collectors.
    package var ownPathsSection: Int { collectors.count }

    /// Index of the section of the data source at `source`, behind all others.
    package func section(ofSource source: Int) -> Int {
        collectors.count + (ownPaths.paths.isEmpty ? 0 : 1) + source
    }

    /// What a step is about: a section, or `files` for the stream that sections share.
    package func name(of role: Role) -> String {
        switch role {
        case .probe(let collector, _), .discovered(let collector): collectors[collector].name
        case .files, .selected: "files"
        case .data(let source): dataSources[source].name
        case .listing: "listing"
        case .ownPaths: "paths"
        }
    }

    /// The one script of the run.
    /// - Parameter known: what the device need not send again.
    package func script(boundary: FrameBoundary, known: KnownOutcomes = KnownOutcomes()) -> [UInt8] {
        template.bytes(boundary: boundary, known: known.probes, listing: known.listing)
    }

    /// The plan's steps within a longer script, whose setup must be this plan's.
    /// - Parameter first: the number of the first one.
    package func numbered(from first: Int = 0) -> [FramedScript.Numbered] {
        steps.enumerated().map { FramedScript.Numbered(first + $0, $1) }
    }

    /// Digests of what an earlier run of the same plan brought.
    package struct KnownOutcomes: Sendable {
        /// Of probes, by number of the step.
        package var probes: [Int: OutputDigest] = [:]
        /// Of the listing of the configuration.
        package var listing: OutputDigest?

        package init() {}
    }
}
