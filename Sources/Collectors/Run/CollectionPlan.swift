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
        /// The listing of the paths a person named, from which the sink selects.
        case listing
        /// The paths a person named, or what the sink selected of them, as a tar stream.
        case ownPaths
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

    /// Whether the script reads from standard input after it began to run.
    package var readsInput: Bool { steps.contains(where: \.readsInput) }

    /// - Parameter selectsFiles: lists the own paths first and sends only what the sink wants of them.
    package init(
        collectors: [any Collector.Type], ownPaths: PathSet = PathSet(), dataSources: [DataSource] = [],
        selectsFiles: Bool = false
    ) {
        var steps: [ScriptStep] = []
        var roles: [Role] = []
        for (index, collector) in collectors.enumerated() {
            for (probeIndex, probe) in collector.probes.enumerated() {
                steps.append(ScriptStep(tool: probe.tool, timeLimit: probe.timeLimit, script: probe.script))
                roles.append(.probe(collector: index, probe: probeIndex))
            }
        }
        let patterns = collectors.flatMap { $0.files.patterns }
        if !patterns.isEmpty {
            let excludes = collectors.flatMap { $0.files.excludes }
            steps.append(FileStep.patterns(patterns, excludes: excludes))
            roles.append(.files)
        }
        for (index, collector) in collectors.enumerated() {
            guard let discovery = collector.files.discovery else { continue }
            steps.append(FileStep.discovered(by: discovery, excludes: collector.files.excludes))
            roles.append(.discovered(collector: index))
        }
        for (index, source) in dataSources.enumerated() {
            steps.append(source.step)
            roles.append(.data(source: index))
        }
        if !ownPaths.paths.isEmpty {
            if selectsFiles {
                steps.append(FileStep.listing(ownPaths))
                roles.append(.listing)
            }
            steps.append(selectsFiles ? FileStep.selected(ownPaths) : FileStep.literal(ownPaths))
            roles.append(.ownPaths)
        }
        self.collectors = collectors
        self.dataSources = dataSources
        self.ownPaths = ownPaths
        self.steps = steps
        self.roles = roles
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
        case .files: "files"
        case .data(let source): dataSources[source].name
        case .listing, .ownPaths: "paths"
        }
    }

    /// The one script of the run.
    package func script(boundary: FrameBoundary) -> [UInt8] {
        let hasFiles = roles.contains { if case .probe = $0 { false } else { true } }
        return FramedScript.bytes(
            steps: steps, boundary: boundary, setup: hasFiles ? FileStep.setup : "")
    }
}
