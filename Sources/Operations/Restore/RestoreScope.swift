import Basics
import Collectors
import RemoteExecution
import Restore
import Vault

/// What of a backup is wanted, and how the same part of a machine is read as it is now.
struct RestoreScope: Sendable {
    /// Names of sections that hold files, packages or units in scope.
    let sections: [String]
    /// Globs of absolute paths; none for all.
    let globs: [PathFilter]
    /// The globs as they were typed.
    let patterns: [String]
    /// What is left out of what the globs take.
    let excluded: PathExclusion
    /// What was left out, as sentences.
    let leftOut: [String]
    let manifest: Manifest
    /// Entries of the backup in scope, folders around them included, sorted by path.
    private(set) var wanted: [FileEntry]
    /// Places of volumes and bind mounts that are read besides.
    var places: [String] = []
    /// The instances that the safety copy exports, as the plan takes them away, by the section that holds exports.
    var exports: [String: Set<String>] = [:]
    /// Whether what the container engine holds is read besides.
    var readsEngine = false
    /// Whether the room on the machine's file systems is read besides.
    var readsRoom = false
    /// Whether what is there is compared file by file; nothing of it matters to a new folder.
    var comparesFiles = true
    /// Whether only `extra` and what lies at `places` matters.
    var comparesOnlyExtra = false
    /// Own paths of the backup, as its section names them.
    private(set) var ownRoots: [[UInt8]]
    /// Further names of files that are out of scope, as files of their own.
    private(set) var standalone: [[UInt8]: FileEntry] = [:]
    /// What the backup has below own paths in other sections.
    private(set) var heldElsewhere: Set<[UInt8]> = []
    /// What of the backup in scope must not be brought back, as sentences.
    private(set) var refused: [String] = []
    /// Of a plan in place, what its globs match of the data of containers: the topmost of it.
    private(set) var dataRoots: [[UInt8]] = []
    /// Whether a plan in place takes all data of containers, as its section was named.
    private(set) var takesAllData = false
    /// Paths that are read besides, whatever section they are of: those that a plan changes.
    private(set) var extra: [[UInt8]] = []

    /// - Parameters:
    ///   - limit: the most entries that may be in scope; nil for as many as there are.
    ///   - isInPlace: whether what the device has beyond the backup may go.
    /// - Throws: `argumentInvalid` when nothing matches, or too much.
    init(
        vault: Vault, manifest: Manifest, sections named: [String], paths: [String],
        excluding excludes: [String] = [], limit: Int? = nil, isInPlace: Bool = false
    ) async throws(OperationError) {
        let held = Set(manifest.sections.map(\.name))
        if let unknown = named.first(where: { !held.contains($0) }) {
            throw OperationError(
                .argumentInvalid, "The backup has no section ‘\(unknown)’",
                hint: "It has: \(held.sorted().joined(separator: ", ")).")
        }
        excluded = try PathExclusion(excludes)
        if let path = paths.first(where: { !PathFilter.mayBeAbsolute($0) }) {
            throw OperationError(
                .argumentInvalid, "--path ‘\(TerminalText.escape(path))’ is no absolute path",
                hint: "Write it from the root. What there is: holdfast backup files \(manifest.id)")
        }
        let names = manifest.sections.map(\.name)
        let globs = paths.map { PathFilter($0) }
        let isNamed = Set(named)
        // What the backup says of itself spares reading a list that is too long anyway.
        if globs.isEmpty, excludes.isEmpty { try Self.check(Self.told(manifest, isNamed), limit) }
        let all: [FileEntry]
        do { all = try await vault.entries(of: manifest) } catch { throw OperationError(error) }
        func isWanted(_ entry: FileEntry) -> Bool {
            guard names.indices.contains(entry.section) else { return false }
            let name = names[entry.section]
            let isHeld = isNamed.isEmpty ? !Self.isData(name) || !globs.isEmpty : isNamed.contains(name)
            guard isHeld else { return false }
            return globs.isEmpty || globs.contains { $0.matches(entry.path) }
        }
        var chosen = all.filter(isWanted)
        leftOut = try excluded.apply(to: &chosen, isInPlace: isInPlace)
        try Self.check(chosen.count, limit)
        guard !chosen.isEmpty || globs.isEmpty || !leftOut.isEmpty else {
            throw OperationError(
                .argumentInvalid, "Nothing in the backup matches \(paths.joined(separator: ", "))",
                hint: "See: holdfast backup files \(manifest.id)")
        }
        if !globs.isEmpty { chosen = Self.withFolders(chosen, all) }
        var sections = Set(chosen.map { names[$0.section] })
        let tree = TreeGuard(all)
        refused = Self.refuse(&chosen, tree)
        if globs.isEmpty { sections.formUnion(isNamed.isEmpty ? held.filter { !Self.isData($0) } : isNamed) }
        self.sections = sections.sorted()
        self.globs = globs
        patterns = paths
        self.manifest = manifest
        let files = Self.unlinked(chosen, all)
        standalone = files
        wanted = files.isEmpty ? chosen : chosen.map { files[$0.path] ?? $0 }
        let own = names.firstIndex(of: DeviceBackup.ownPathsSection)
        ownRoots = Self.ownRoots(all, own, tree, excluded)
        let places = ownRoots.map { DeviceText.string($0) }
        heldElsewhere = Set(
            all.lazy.filter { $0.section != own && Self.isBelow($0.path, places) }.map(\.path))
    }

    /// A further name of a file that is out of scope as the file itself: what has that name on a device may have changed.
    ///
    /// Of several such names the first is the file, and the others are further names of it.
    private static func unlinked(_ chosen: [FileEntry], _ all: [FileEntry]) -> [[UInt8]: FileEntry] {
        let targets = Set(chosen.lazy.filter { $0.kind == .hardLink }.map(\.linkTarget))
        let missing = targets.subtracting(chosen.lazy.filter { $0.kind == .file }.map(\.path))
        guard !missing.isEmpty else { return [:] }
        let files = Dictionary(
            all.lazy.filter { missing.contains($0.path) }.map { ($0.path, $0) }
        ) { first, _ in first }
        var firsts: [[UInt8]: [UInt8]] = [:]
        var result: [[UInt8]: FileEntry] = [:]
        for entry in chosen where entry.kind == .hardLink {
            guard var file = files[entry.linkTarget] else { continue }
            if let first = firsts[entry.linkTarget] {
                file = entry
                file.linkTarget = first
            } else {
                firsts[entry.linkTarget] = entry.path
                file.path = entry.path
                file.section = entry.section
            }
            result[entry.path] = file
        }
        return result
    }

    private static func ownRoots(
        _ all: [FileEntry], _ own: Int?, _ tree: TreeGuard, _ excluded: PathExclusion
    ) -> [[UInt8]] {
        guard let own else { return [] }
        return roots(
            all.lazy.filter { $0.section == own && tree.problem($0) == nil && !excluded.covers($0.path) }
                .map(\.path))
    }

    /// How many entries the backup says that its sections hold.
    private static func told(_ manifest: Manifest, _ named: Set<String>) -> Int {
        manifest.sections.reduce(0) { sum, section in
            let isWanted = named.isEmpty ? !isData(section.name) : named.contains(section.name)
            return isWanted ? sum + min(max(0, section.files), Int(Int32.max)) : sum
        }
    }

    private static func check(_ count: Int, _ limit: Int?) throws(OperationError) {
        guard let limit, count > limit else { return }
        throw OperationError(
            .argumentInvalid,
            "\(count) files and folders are in scope, more than the \(limit) that one plan of this kind takes",
            hint: "Restore them in parts: ‘restore plan’ takes --section and --path.")
    }

    /// Takes out of `chosen` what must not be brought back, and says what and why.
    private static func refuse(_ chosen: inout [FileEntry], _ tree: TreeGuard) -> [String] {
        var refused: [String] = []
        chosen.removeAll { entry in
            guard let reason = tree.problem(entry) else { return false }
            refused.append("\(DeviceText.path(entry.path)) \(reason)")
            return true
        }
        return refused
    }

    /// Data of containers and instances is brought back with them, not as files.
    static func isData(_ name: String) -> Bool { name.hasSuffix("-data") }

    /// Whether a section tells of instances of LXD or Incus, or holds their exports.
    static func isOfInstances(_ name: String) -> Bool {
        InstanceDaemon.allCases.contains { name == $0.rawValue || name == $0.rawValue + "-data" }
    }

    /// A glob takes what it matches and, where that is a folder, all below it.
    static func matches(_ path: [UInt8], _ globs: [Glob]) -> Bool {
        var end = path.count
        while end > 0 {
            let head = Array(path[..<end])
            if globs.contains(where: { $0.matches(head) }) { return true }
            guard let slash = path[..<end].lastIndex(of: UInt8(ascii: "/")) else { return false }
            end = slash
        }
        return false
    }

    /// The chosen entries with the folders around them, which may be missing as well.
    private static func withFolders(_ chosen: [FileEntry], _ all: [FileEntry]) -> [FileEntry] {
        var parents: Set<[UInt8]> = []
        for entry in chosen {
            var path = entry.path
            while let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
                path = Array(path[..<slash])
                guard parents.insert(path).inserted else { break }
            }
        }
        let taken = Set(chosen.map(\.path))
        return all.filter { entry in
            taken.contains(entry.path) || entry.kind == .folder && parents.contains(entry.path)
        }
    }

    private static func roots(_ paths: some Sequence<[UInt8]>) -> [[UInt8]] {
        var roots: [[UInt8]] = []
        for path in paths {
            if let last = roots.last, path.starts(with: last + [UInt8(ascii: "/")]) { continue }
            roots.append(path)
        }
        return roots
    }

    /// The scope under the names that a person gave for another machine.
    func mapped(_ maps: RestoreMaps, _ backup: MappedBackup) -> RestoreScope {
        guard !maps.isEmpty else { return self }
        var scope = self
        scope.wanted = backup.entries
        scope.ownRoots = ownRoots.map { root in
            maps.applied(to: FileEntry(path: root, kind: .folder)).path
        }
        return scope
    }

    /// Own paths that are named one by one, above which it is not worth while to name each.
    private static let fewRoots = 200

    /// The scope for a plan at `place`.
    ///
    /// In its place, few own paths are read by their names, not with all that lies beside them; which of the folders
    /// around them are missing is asked for.
    func at(_ place: RestorePlan.Place, isOther: Bool) -> RestoreScope {
        var scope = self
        scope.comparesFiles = place == .inPlace
        if place == .inPlace { scope.takeDataOut() }
        guard place == .inPlace, !isOther, !globs.isEmpty,
            let own = manifest.sections.firstIndex(where: { $0.name == DeviceBackup.ownPathsSection })
        else { return scope }
        func isAround(_ entry: FileEntry) -> Bool {
            entry.section == own && !globs.contains { $0.matches(entry.path) }
        }
        let roots = Self.roots(wanted.lazy.filter { $0.section == own && !isAround($0) }.map(\.path))
        guard roots.count <= Self.fewRoots else { return scope }
        scope.ownRoots = roots
        scope.wanted.removeAll(where: isAround)
        return scope
    }

    /// Data comes back with the containers and instances that it is of, which know where it lies here.
    private mutating func takeDataOut() {
        let data = manifest.sections.indices.filter { Self.isData(manifest.sections[$0].name) }
        let containers = data.first { manifest.sections[$0].name == Self.containerData }
        if !globs.isEmpty, let containers {
            let matching = wanted.lazy.filter { [globs] entry in
                entry.section == containers && globs.contains { $0.matches(entry.path) }
            }
            dataRoots = Self.roots(matching.map(\.path))
        }
        takesAllData = globs.isEmpty && sections.contains(Self.containerData)
        wanted.removeAll { data.contains($0.section) }
    }

    /// Whether a plan in place is asked for data of containers.
    var namesData: Bool { takesAllData || !dataRoots.isEmpty }

    /// The section of the contents of volumes and bind mounts.
    static let containerData = "container-data"

    /// Takes in what of the backup lies at `places`.
    mutating func add(_ entries: [FileEntry], at places: [String]) {
        let known = Set(wanted.map(\.path))
        wanted += entries.filter {
            !known.contains($0.path) && Self.isBelow($0.path, places) && !excluded.covers($0.path)
        }
        wanted.sort { ByteOrder.precedes($0.path, $1.path) }
    }

    /// Whether `path` is one of `places` or lies in one.
    static func isBelow(_ path: [UInt8], _ places: [String]) -> Bool {
        places.contains { place in
            path.starts(with: place.utf8)
                && (path.count == place.utf8.count || path[place.utf8.count] == UInt8(ascii: "/"))
        }
    }

    /// The request that reads the same part of a machine, who it is and whom it knows.
    /// - Parameter excludes: globs of what to leave out below own paths.
    func request(excluding excludes: [String] = []) -> DeviceBackup.Request {
        request(named: "", excluding: excludes, besides: [IdentityCollector.self, UsersCollector.self])
    }

    /// The request for a backup of the same part of a machine, which holds nothing else.
    func safetyCopy(named name: String) -> DeviceBackup.Request {
        let sources = exports.sorted { $0.key < $1.key }.compactMap {
            DataSource.exports($0.key, of: $0.value)
        }
        var request = request(named: name, besides: [IdentityCollector.self], sources)
        request.mayLackOwnPaths = true
        request.unrecorded = Set(request.collectors.map { $0.name }).subtracting(request.only)
        return request
    }

    /// - Parameter facts: collectors of which only the facts are read where they are not in scope.
    private func request(
        named name: String, excluding excludes: [String] = [], besides facts: [any Collector.Type],
        _ sources: [DataSource] = []
    ) -> DeviceBackup.Request {
        let wanted = Set(sections).union(readsEngine ? EngineReading.sections : [])
        let own = comparesFiles && sections.contains(DeviceBackup.ownPathsSection) ? ownRoots : []
        var limits = ShellJob.Limits()
        limits.total = .seconds(86_400)
        limits.output = 1 << 50
        var collectors = allCollectors.filter { wanted.contains($0.name) }
        collectors += facts.filter { !wanted.contains($0.name) }.map { $0.factsOnly }
        if readsRoom { collectors.append(FreeSpaceCollector.self) }
        if readsEngine { collectors.append(BindPlacesCollector.self) }
        var request = DeviceBackup.Request(
            collectors: collectors, dataSources: sources, name: name,
            paths: own.map { DeviceText.string($0) } + places
                + (comparesFiles ? discovered(besides: own, collectors) : []),
            excludes: excludes, readsAll: false, limits: limits,
            only: wanted.union(sources.map(\.name)).sorted())
        // What is registered and not in scope may be huge.
        request.takesRegisteredPaths = false
        request.terms.memory = Self.listLimit
        request.terms.content = contentLimit
        request.terms.apart = places
        // Where paths are named, much more may be read than is in scope.
        if globs.isEmpty { request.terms.count = RestorePlanner.entryLimit }
        return request
    }

    /// How much content a device may have in scope: an honest one may have grown since the backup.
    private var contentLimit: ByteCount {
        let held = wanted.reduce(ByteCount(0)) { $0 + ByteCount($1.size) }
        return max(Self.leastContentLimit, held + held + held + held)
    }

    /// What may always be read of a device's files.
    private static let leastContentLimit = ByteCount(64 << 30)

    /// The most memory that the list of the files takes which a device has in scope now, in bytes.
    private static let listLimit = 1 << 30

    /// Whether a path of the device matters; nil where all do.
    var isWanted: (@Sendable ([UInt8]) -> Bool)? {
        guard !globs.isEmpty || !excluded.isEmpty || comparesOnlyExtra else { return nil }
        let some = comparesOnlyExtra ? [] : wanted.lazy.map { BytesKey($0.path) }
        let known = Set(some).union(extra.map { BytesKey($0) })
        let (globs, places, excluded) = (globs, places, excluded)
        let takesRest = globs.isEmpty && !comparesOnlyExtra
        return { path in
            if known.contains(BytesKey(path)) { return true }
            guard !excluded.covers(path) else { return false }
            return takesRest || Self.isBelow(path, places) || globs.contains { $0.matches(path) }
        }
    }

    /// The scope with paths that are read besides: the backup of a way back does not hold what was missing before.
    func reading(_ paths: some Sequence<[UInt8]>) -> RestoreScope {
        var scope = self
        scope.extra = paths.sorted(by: ByteOrder.precedes)
        return scope
    }

    /// Files that a collector found by looking around on the machine of the backup and may not find on this one, and what
    /// a plan changes.
    private func discovered(besides own: [[UInt8]], _ collectors: [any Collector.Type]) -> [String] {
        let finder = SectionFinder(collectors: collectors)
        let paths = wanted.lazy.filter { $0.kind != .folder }.map(\.path) + extra
        var found = Set(paths.filter { finder.section(of: $0) == nil })
        let around = own + places.map { Array($0.utf8) }
        let roots = Set(around).union(extra)
        // What lies below another one is read with that.
        found = found.filter { path in
            var parent = path
            while let slash = parent.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
                parent = Array(parent[..<slash])
                if roots.contains(parent), parent != path { return false }
            }
            return !around.contains(path)
        }
        return found.sorted(by: ByteOrder.precedes).map { DeviceText.string($0) }
    }

    /// Of what was read now, the part that is in scope.
    ///
    /// A file counts to the section that would have it in a backup of all sections of this one.
    func present(_ entries: [FileEntry], sectionNames: [String]) -> [FileEntry] {
        let held = Set(manifest.sections.map(\.name))
        let finder = SectionFinder(collectors: allCollectors.filter { held.contains($0.name) })
        let names = allCollectors.filter { held.contains($0.name) }.map { $0.name }
        let inScope = Set(sections)
        let known = Set(wanted.map(\.path)).union(extra)
        return entries.filter { entry in
            if known.contains(entry.path) { return true }
            guard !excluded.covers(entry.path) else { return false }
            if Self.isBelow(entry.path, places) { return true }
            guard globs.isEmpty || globs.contains(where: { $0.matches(entry.path) }) else { return false }
            if let index = finder.section(of: entry.path) { return inScope.contains(names[index]) }
            return sectionNames.indices.contains(entry.section)
                && inScope.contains(sectionNames[entry.section])
        }
    }
}
