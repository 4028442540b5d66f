import Basics
import Vault

/// One rename, or what replaces it, that brings a staged file to its place; its undo is derived from it.
struct SwapOperation: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Nothing is there yet.
        case create
        /// Something is there; it is kept beside until the run is decided. A folder must hold so many names, itself
        /// included; nil where what is there is known to be no folder.
        case replace(count: Int?)
        /// Something is there that goes; the count is as with `replace`.
        case remove(count: Int?)
        /// What containers wrote goes, whatever it is by now.
        case take
    }

    let kind: Kind
    let target: [UInt8]
    /// Where the new one waits; empty for a removal.
    let staged: [UInt8]
    /// Where the old one is kept; empty for a creation.
    let kept: [UInt8]
}

/// What a plan's steps mean on the device: which names are staged where, and the renames in order.
struct SwapOperations: Sendable {
    private(set) var operations: [SwapOperation] = []
    /// Entries under the names they are staged with.
    private(set) var staged: [FileEntry] = []
    /// Folders whose properties are set after the renames, and as they are now.
    private(set) var folders: [FileEntry] = []
    private(set) var formerFolders: [FileEntry] = []
    /// Programs outside of `/etc` that come: a rehearsal, which has only that folder of its own, misses them.
    private(set) var programs: [[UInt8]] = []

    private let run: RunID
    /// Folders that come whole, with the names they are staged under.
    private var roots: [[UInt8]: [UInt8]] = [:]
    private var gone: Set<[UInt8]> = []
    private var stagedNames: [[UInt8]: [UInt8]] = [:]
    /// Folders that come and in which further names are made after everything else.
    private var linkParents: Set<[UInt8]> = []

    /// - Parameters:
    ///   - run: makes the names beside the targets unguessable and its own.
    ///   - wanted: entries of the backup by path.
    ///   - present: entries of the machine by path.
    init(
        _ steps: [RestoreStep], run: RunID, wanted: [[UInt8]: FileEntry], present: [[UInt8]: FileEntry]
    ) {
        self.run = run
        let going = Self.counted(
            steps.lazy.filter { $0.action == .remove || $0.action == .replace }.map(\.subject))
        /// How many names a folder that goes holds; nil for what is no folder.
        func count(in path: [UInt8]) -> Int? {
            if let former = present[path], former.kind != .folder { return nil }
            return going[path] ?? 1
        }
        // Before the folders around it, which then hold only what the plan names.
        take(steps)
        for step in steps where step.isFile {
            switch step.action {
            case .create:
                if let entry = wanted[step.subject] { add(entry) }
            case .replace:
                if let entry = wanted[step.subject] {
                    add(entry, as: .replace(count: count(in: step.subject)))
                }
            case .remove: remove(step.subject, holding: count(in: step.subject))
            case .attributes:
                if let entry = wanted[step.subject], let former = present[step.subject] {
                    folders.append(entry)
                    formerFolders.append(former)
                }
            default: break
            }
        }
        linkStaged()
        keepFolderTimes(wanted, present)
    }

    /// Further names come after the files they name, under the names these are staged with.
    private mutating func linkStaged() {
        let links = staged.filter { $0.kind == .hardLink }
        guard !links.isEmpty else { return }
        staged.removeAll { $0.kind == .hardLink }
        for var link in links {
            link.linkTarget = stagedNames[link.linkTarget] ?? link.linkTarget
            staged.append(link)
        }
    }

    private mutating func add(_ entry: FileEntry, as kind: SwapOperation.Kind = .create) {
        if let target = Self.folder(around: entry.path, where: { roots[$0] != nil }),
            let staged = roots[target]
        {
            stage(entry, as: staged + entry.path.dropFirst(target.count))
            return
        }
        let name = beside(entry.path, "new")
        stage(entry, as: name)
        if entry.kind == .folder { roots[entry.path] = name }
        if kind != .create { gone.insert(entry.path) }
        operations.append(
            SwapOperation(
                kind: kind, target: entry.path, staged: name,
                kept: kind != .create ? beside(entry.path, "old") : []))
    }

    private mutating func stage(_ entry: FileEntry, as path: [UInt8]) {
        if entry.kind == .file, entry.mode & 0o111 != 0, !entry.path.starts(with: "/etc/".utf8) {
            programs.append(entry.path)
        }
        stagedNames[entry.path] = path
        if entry.kind == .hardLink { linkParents.insert(Self.parent(entry.path)) }
        var moved = entry
        moved.path = path
        staged.append(moved)
    }

    private mutating func remove(_ path: [UInt8], holding count: Int?) {
        guard Self.folder(around: path, where: gone.contains) == nil else { return }
        gone.insert(path)
        operations.append(
            SwapOperation(kind: .remove(count: count), target: path, staged: [], kept: beside(path, "old")))
    }

    /// Each is kept in the nearest folder around it that stays.
    private mutating func take(_ steps: [RestoreStep]) {
        let going = Set(
            steps.lazy.filter { [.remove, .removeData].contains($0.action) }.map(\.subject))
        for step in steps where step.action == .removeData {
            let path = step.subject
            let place = Self.folder(around: path) { !going.contains($0) } ?? []
            let name = Array("/.holdfast-\(run).\(operations.count).old".utf8)
            operations.append(SwapOperation(kind: .take, target: path, staged: [], kept: place + name))
        }
    }

    /// Renames touch the folders around them: those of the backup get their times back.
    private mutating func keepFolderTimes(_ wanted: [[UInt8]: FileEntry], _ present: [[UInt8]: FileEntry]) {
        var parents = Set(operations.map { Self.parent($0.target) })
        parents.formUnion(operations.filter { $0.kind == .take }.map { Self.parent($0.kept) })
        parents.subtract(folders.map(\.path))
        for path in linkParents.subtracting(parents).sorted(by: ByteOrder.precedes) {
            if let entry = wanted[path], entry.kind == .folder, !folders.contains(where: { $0.path == path })
            {
                folders.append(entry)
            }
        }
        for path in parents.sorted(by: ByteOrder.precedes) {
            guard let former = present[path], former.kind == .folder else { continue }
            formerFolders.append(former)
            if let entry = wanted[path], entry.kind == .folder { folders.append(entry) }
        }
    }

    /// A path as the kernel lists mounts: what would end the word in three octal digits.
    static func asMounted(_ path: [UInt8]) -> [UInt8] {
        path.flatMap { byte -> [UInt8] in
            guard " \t\n\\".utf8.contains(byte) else { return [byte] }
            let digits = String(byte, radix: 8)
            return Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
        }
    }

    static func asMounted(_ path: String) -> String {
        String(decoding: asMounted(Array(path.utf8)), as: UTF8.self)
    }

    private func beside(_ path: [UInt8], _ suffix: String) -> [UInt8] {
        Self.parent(path) + (Self.parent(path).count > 1 ? [0x2F] : [])
            + Array(".holdfast-\(run).\(operations.count).\(suffix)".utf8)
    }

    static func parent(_ path: [UInt8]) -> [UInt8] {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > 0 else { return [0x2F] }
        return Array(path[..<slash])
    }

    /// What is staged, by the folder that its rename happens in.
    var stagedByParent: [(parent: [UInt8], entries: [FileEntry])] {
        var tops: [(parent: [UInt8], entries: [FileEntry])] = []
        let roots = Set(operations.map(\.staged))
        for entry in staged where entry.kind != .hardLink {
            var top = entry.path
            while !roots.contains(top), top.count > 1 { top = Self.parent(top) }
            if tops.last?.parent == Self.parent(top) {
                tops[tops.count - 1].entries.append(entry)
            } else {
                tops.append((Self.parent(top), [entry]))
            }
        }
        return tops
    }

    /// The nearest folder above `path` that `matches`.
    private static func folder(around path: [UInt8], where matches: ([UInt8]) -> Bool) -> [UInt8]? {
        var folder = parent(path)
        while folder.count > 1 {
            if matches(folder) { return folder }
            folder = parent(folder)
        }
        return nil
    }

    /// How many of `paths` each of them holds, itself included.
    private static func counted(_ paths: some Sequence<[UInt8]>) -> [[UInt8]: Int] {
        var counts = Dictionary(paths.map { ($0, 1) }) { first, _ in first }
        for path in Array(counts.keys) {
            var folder = parent(path)
            while folder.count > 1 {
                counts[folder]? += 1
                folder = parent(folder)
            }
        }
        return counts
    }

    /// Folders that must be there, and be no links, before anything is staged.
    var parents: [[UInt8]] { Set(operations.map { Self.parent($0.target) }).sorted(by: ByteOrder.precedes) }
}
