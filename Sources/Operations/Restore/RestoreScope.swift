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
    let globs: [Glob]
    let manifest: Manifest
    /// Entries of the backup in scope, folders around them included, sorted by path.
    let wanted: [FileEntry]
    /// Own paths of the backup, as its section names them.
    let ownRoots: [[UInt8]]

    /// - Parameter steps: of a plan; own paths among them are read wherever they lie, as the backup of a way back does
    ///   not hold what was missing before.
    /// - Throws: `argumentInvalid` when nothing matches.
    init(
        vault: Vault, manifest: Manifest, sections named: [String], paths: [String],
        steps: [RestoreStep] = []
    ) async throws(OperationError) {
        let held = Set(manifest.sections.map(\.name))
        if let unknown = named.first(where: { !held.contains($0) }) {
            throw OperationError(
                .argumentInvalid, "The backup has no section ‘\(unknown)’",
                hint: "It has: \(held.sorted().joined(separator: ", ")).")
        }
        let names = manifest.sections.map(\.name)
        let globs = paths.map { Glob($0, crossesFolders: true) }
        let all: [FileEntry]
        do { all = try await vault.entries(of: manifest) } catch { throw OperationError(error) }
        let isNamed = Set(named)
        func isWanted(_ entry: FileEntry) -> Bool {
            guard names.indices.contains(entry.section) else { return false }
            let name = names[entry.section]
            guard isNamed.isEmpty ? !Self.isData(name) : isNamed.contains(name) else { return false }
            return globs.isEmpty || Self.matches(entry.path, globs)
        }
        var chosen = all.filter(isWanted)
        guard !chosen.isEmpty || globs.isEmpty else {
            throw OperationError(
                .argumentInvalid, "Nothing in the backup matches \(paths.joined(separator: ", "))",
                hint: "See: holdfast backup files \(manifest.id)")
        }
        if !globs.isEmpty { chosen = Self.withFolders(chosen, all) }
        var sections = Set(chosen.map { names[$0.section] })
        if globs.isEmpty { sections.formUnion(isNamed.isEmpty ? held.filter { !Self.isData($0) } : isNamed) }
        self.sections = sections.sorted()
        self.globs = globs
        self.manifest = manifest
        wanted = chosen
        let own = names.firstIndex(of: DeviceBackup.ownPathsSection)
        let touched = steps.filter { $0.isFile && $0.section == DeviceBackup.ownPathsSection }.map(\.subject)
        let known = own.map { index in all.filter { $0.section == index }.map(\.path) } ?? []
        ownRoots = Self.roots((known + touched).sorted(by: ByteOrder.precedes))
    }

    /// Data of containers and instances is brought back with them, not as files.
    private static func isData(_ name: String) -> Bool { name.hasSuffix("-data") }

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

    private static func roots(_ paths: [[UInt8]]) -> [[UInt8]] {
        var roots: [[UInt8]] = []
        for path in paths {
            if let last = roots.last, path.starts(with: last + [UInt8(ascii: "/")]) { continue }
            roots.append(path)
        }
        return roots
    }

    /// The request that reads the same part of a machine, and who it is.
    func request(named name: String) -> DeviceBackup.Request {
        let wanted = Set(sections).union(["identity", "users"])
        let own = sections.contains(DeviceBackup.ownPathsSection) ? ownRoots : []
        var limits = ShellJob.Limits()
        limits.total = .seconds(86_400)
        limits.output = 1 << 50
        return DeviceBackup.Request(
            collectors: allCollectors.filter { wanted.contains($0.name) }, name: name,
            paths: own.map { DeviceText.string($0) }, excludes: [], readsAll: false,
            limits: limits, only: wanted.sorted())
    }

    /// Of what was read now, the part that is in scope.
    ///
    /// A file counts to the section that would have it in a backup of all sections of this one.
    func present(_ entries: [FileEntry], sectionNames: [String]) -> [FileEntry] {
        let held = Set(manifest.sections.map(\.name))
        let finder = SectionFinder(collectors: allCollectors.filter { held.contains($0.name) })
        let names = allCollectors.filter { held.contains($0.name) }.map { $0.name }
        let inScope = Set(sections)
        let known = Set(wanted.map(\.path))
        return entries.filter { entry in
            if known.contains(entry.path) { return true }
            guard globs.isEmpty || Self.matches(entry.path, globs) else { return false }
            if let index = finder.section(of: entry.path) { return inScope.contains(names[index]) }
            return sectionNames.indices.contains(entry.section)
                && inScope.contains(sectionNames[entry.section])
        }
    }
}
