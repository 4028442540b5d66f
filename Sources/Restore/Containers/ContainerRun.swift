import Basics
package import Vault

/// What a run brings to the device for its containers: programs, and the contents of volumes under the names that they
/// are staged with.
package struct ContainerRun: Sendable, Equatable {
    /// Names of the programs that every run has; without containers they do nothing.
    static let names = ["engine-lib", "engine-away", "engine-on", "engine-off", "engine-back", "engine-keep"]

    /// The programs by name.
    let files: [(name: String, text: String)]
    /// Folders that must be there before anything is staged.
    let parents: [[UInt8]]
    /// Entries under the names they are staged with.
    let staged: [FileEntry]
    /// What is cleared away once the run is decided.
    let leftovers: [[UInt8]]
    /// What a person should know and the plan does not say, as sentences.
    package var remarks: [String] = []

    /// A run without containers.
    package init() {
        files = Self.names.map { ($0, "") }
        (parents, staged, leftovers) = ([], [], [])
    }

    /// - Parameters:
    ///   - hasEngine: whether the engine is there already, with the folders of its volumes.
    ///   - entries: every entry of the backup.
    package init(_ operations: ContainerOperations, run: RunID, hasEngine: Bool, entries: [FileEntry]) {
        var parents: Set<[UInt8]> = []
        var staged: [FileEntry] = []
        var leftovers: [[UInt8]] = []
        var fills: [ContainerScripts.Fill] = []
        for (index, volume) in operations.volumes.enumerated() {
            guard !volume.source.isEmpty else {
                fills.append(ContainerScripts.Fill(volume: volume, staged: "", kept: ""))
                continue
            }
            let folder =
                volume.isFolder
                ? Self.folder(around: volume.mountpoint, levels: 1)
                : hasEngine ? Self.folder(around: volume.mountpoint, levels: 2) : "/var/lib"
            let name = (folder == "/" ? "" : folder) + "/.holdfast-\(run.text).volume-\(index)"
            let fill = ContainerScripts.Fill(volume: volume, staged: name + ".new", kept: name + ".old")
            fills.append(fill)
            parents.insert(Array(folder.utf8))
            leftovers.append(Array(fill.staged.utf8))
            staged += Self.entries(entries, of: volume.source, as: fill.staged)
        }
        var exports: [String] = []
        for (index, instance) in operations.instances.enumerated() {
            let name = "/var/lib/.holdfast-\(run.text).instance-\(index).new"
            exports.append(name)
            parents.insert(Array("/var/lib".utf8))
            leftovers.append(Array(name.utf8))
            staged += Self.entries(entries, of: instance.source, as: name)
        }
        self.parents = parents.sorted { $0.lexicographicallyPrecedes($1) }
        self.staged = staged
        self.leftovers = leftovers
        files = ContainerScripts(operations: operations, run: run.text, fills: fills, exports: exports).files
    }

    /// What is staged, by the folder that it is staged in.
    var stagedByParent: [(parent: [UInt8], entries: [FileEntry])] {
        parents.map { parent in
            let beginning = (parent == [0x2F] ? [] : parent) + Array("/.holdfast-".utf8)
            return (parent, staged.filter { $0.path.starts(with: beginning) })
        }
    }

    package static func == (left: ContainerRun, right: ContainerRun) -> Bool {
        left.parents == right.parents && left.staged == right.staged && left.leftovers == right.leftovers
            && left.remarks == right.remarks && left.files.elementsEqual(right.files) { $0 == $1 }
    }

    /// The folder of all volumes is two above the content of one, that around a bind mount is the next.
    private static func folder(around mountpoint: String, levels: Int) -> String {
        let parts = mountpoint.split(separator: "/")
        return "/" + parts.dropLast(levels).joined(separator: "/")
    }

    /// A folder of the backup with all below it, under another name; further names of files follow the files.
    static func entries(_ all: [FileEntry], of source: String, as target: String) -> [FileEntry] {
        let (from, to) = (Array(source.utf8), Array(target.utf8))
        let below = from + [0x2F]
        var plain: [FileEntry] = []
        var links: [FileEntry] = []
        for entry in all where entry.path == from || entry.path.starts(with: below) {
            guard PathGuard.problem(entry) == nil, entry.kind != .socket else { continue }
            var moved = entry
            moved.path = to + entry.path.dropFirst(from.count)
            guard entry.kind == .hardLink else {
                plain.append(moved)
                continue
            }
            guard entry.linkTarget.starts(with: below) else { continue }
            moved.linkTarget = to + entry.linkTarget.dropFirst(from.count)
            links.append(moved)
        }
        return plain + links
    }
}
