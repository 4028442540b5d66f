import Basics
import Codecs
package import RemoteExecution
package import Vault

/// What a run brings to the device, as one archive: its programs, then the staged files, then a mark that it is whole.
package struct RestorePayload: Sendable {
    /// Gives the bytes of one piece of content.
    package typealias Content = @Sendable (ContentRef) async throws -> [UInt8]

    /// A folder that must be there before anything is staged, and what it must have room for.
    struct Room: Sendable, Equatable {
        let folder: [UInt8]
        var kilobytes: Int64
    }

    /// The programs and what they need to know.
    let head: [UInt8]
    /// Entries under the names they are staged with.
    let staged: [FileEntry]
    private let content: Content

    package init(
        plan: RestorePlan, run: RunID, wanted: [FileEntry], present: [FileEntry], patience: Int,
        accounts: AccountEdit = AccountEdit(), containers: ContainerRun = ContainerRun(),
        content: @escaping Content
    ) {
        let operations = SwapOperations(
            plan.steps, run: run, wanted: Self.byPath(wanted), present: Self.byPath(present))
        let scripts = RunScripts(
            run: run, operations: operations, steps: plan.steps, patience: patience,
            settling: plan.mayCutConnection ? 6 : 0, accounts: accounts, containers: containers)
        let folder = RunFolder.path(run)
        var archive: [UInt8] = []
        func put(_ name: String, _ text: [UInt8]) {
            archive += Self.member(".\(folder)/\(name)", text)
        }
        // What clears everything away comes first: a transfer that is cut off must be able to use it.
        let first: Set = ["lib", "leftovers"]
        for file in scripts.files where first.contains(file.name) { put(file.name, file.text) }
        for file in scripts.files where !first.contains(file.name) { put(file.name, file.text) }
        put("folders-new.tar", Self.folders(operations.folders))
        put("folders-old.tar", Self.folders(operations.formerFolders))
        // A rehearsal has `/etc` alone for itself; every other folder is the real one.
        let rehearsed = operations.folders.filter {
            $0.path.starts(with: "/etc/".utf8) || $0.path.elementsEqual("/etc".utf8)
        }
        put("folders-rehearsal.tar", Self.folders(rehearsed))
        head = archive
        staged = operations.staged + containers.staged
        tail = Self.member(".\(folder)/complete", Array("complete\n".utf8)) + TarEncoder.end
        self.content = content
    }

    private let tail: [UInt8]

    /// The archive behind the line that tells its length, made while it is sent.
    package func stream() -> any ShellSource {
        let length = RestoreStream.length(head: head, entries: staged, tail: tail)
        return RestoreStream(
            head: Array("\(length)\n".utf8) + head, entries: staged, tail: tail, content: content)
    }

    /// How much the entries bring to a device, in bytes: holes travel written out.
    static func weight(of entries: [FileEntry]) -> Int64 {
        entries.reduce(0) { sum, entry in
            let (next, isBeyond) = sum.addingReportingOverflow(entry.kind == .file ? entry.size : 0)
            return isBeyond ? .max : next
        }
    }

    /// The folders that the plan's renames happen in, and how much each is to take.
    static func rooms(
        _ plan: RestorePlan, run: RunID, wanted: [FileEntry], containers: ContainerRun
    ) -> [Room] {
        let operations = SwapOperations(plan.steps, run: run, wanted: byPath(wanted), present: [:])
        var rooms = Dictionary(
            (operations.parents + containers.parents).map { ($0, Room(folder: $0, kilobytes: 0)) }
        ) { first, _ in first }
        for (top, entries) in operations.stagedByParent + containers.stagedByParent {
            // A file takes whole blocks, a name a little.
            let blocks = Int64(entries.count(where: { $0.kind == .file }))
            rooms[top]?.kilobytes += weight(of: entries) / 1024 + blocks * 4
        }
        return rooms.values.sorted { ByteOrder.precedes($0.folder, $1.folder) }
    }

    private static func byPath(_ entries: [FileEntry]) -> [[UInt8]: FileEntry] {
        Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
    }

    private static func member(_ path: String, _ text: [UInt8]) -> [UInt8] {
        let entry = TarEntry(path: Array(path.utf8), kind: .file, mode: 0o600, size: Int64(text.count))
        return TarEncoder.header(entry) + text + TarEncoder.padding(after: entry.size)
    }

    private static func folders(_ entries: [FileEntry]) -> [UInt8] {
        guard !entries.isEmpty else { return [] }
        return entries.compactMap { TarEntry(staged: $0) }.flatMap { TarEncoder.header($0) } + TarEncoder.end
    }
}

extension TarEntry {
    /// A staged entry as it travels: numbers for owners, since names may mean somebody else there; nil for a socket.
    init?(staged entry: FileEntry) {
        let kind: Kind
        switch entry.kind {
        case .file: kind = .file
        case .folder: kind = .folder
        case .symbolicLink: kind = .symbolicLink(target: entry.linkTarget)
        case .hardLink: kind = .hardLink(target: [0x2E] + entry.linkTarget)
        case .pipe: kind = .fifo
        case .characterDevice, .blockDevice:
            guard let device = entry.device else { return nil }
            kind =
                entry.kind == .blockDevice
                ? .blockDevice(major: Int(device.major), minor: Int(device.minor))
                : .characterDevice(major: Int(device.major), minor: Int(device.minor))
        case .socket: return nil
        }
        let prefix = Array("SCHILY.xattr.".utf8)
        self.init(
            path: [0x2E] + entry.path, kind: kind, mode: UInt16(entry.mode & 0o7777), userID: entry.userID,
            groupID: entry.groupID, size: entry.kind == .file ? entry.size : 0, modified: entry.modified,
            attributes: entry.attributes.map { attribute in
                let name =
                    attribute.name.starts(with: prefix)
                    ? Array(attribute.name.dropFirst(prefix.count)) : attribute.name
                return (String(decoding: name, as: UTF8.self), attribute.value)
            })
    }
}
