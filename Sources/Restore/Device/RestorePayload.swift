import Basics
import Codecs
package import Vault

/// The one archive that brings a run to the device: its programs, then the staged files, then a mark that it is whole.
package struct RestorePayload: Sendable {
    /// Most that a run of files may weigh, in bytes.
    package static let limit: Int64 = 256 << 20

    let bytes: [UInt8]
    /// Folders that must be there before anything is staged.
    let parents: [[UInt8]]

    /// Reads the contents and packs everything.
    /// - Throws: `VaultError`: `damaged` when a content cannot be proven, `invalid` when there is too much.
    package init(
        plan: RestorePlan, run: RunID, wanted: [FileEntry], present: [FileEntry], patience: Int,
        accounts: AccountEdit = AccountEdit(), containers: ContainerRun = ContainerRun(),
        content: (FileEntry) async throws -> [UInt8]
    ) async throws {
        let operations = SwapOperations(
            plan.steps, run: run, wanted: Self.byPath(wanted), present: Self.byPath(present))
        let staged = operations.staged + containers.staged
        let weight = Self.weight(of: staged)
        guard weight <= Self.limit else {
            throw VaultError(
                .invalid,
                "The plan would bring \(ByteCount(weight)) to the device, more than \(ByteCount(Self.limit)) at once",
                hint: "Restore it in parts, with --section or --path.")
        }
        let scripts = RunScripts(
            run: run, operations: operations, steps: plan.steps, patience: patience,
            settling: plan.mayCutConnection ? 6 : 0, accounts: accounts, containers: containers)
        let folder = RunFolder.path(run)
        var archive: [UInt8] = []
        func put(_ name: String, _ text: [UInt8]) {
            let entry = TarEntry(
                path: Array(".\(folder)/\(name)".utf8), kind: .file, mode: 0o600, size: Int64(text.count))
            archive += TarEncoder.header(entry) + text + TarEncoder.padding(after: entry.size)
        }
        // What clears everything away comes first: a transfer that is cut off must be able to use it.
        let first: Set = ["lib", "leftovers"]
        for file in scripts.files where first.contains(file.name) { put(file.name, file.text) }
        for file in scripts.files where !first.contains(file.name) { put(file.name, file.text) }
        put("folders-new.tar", Self.folders(operations.folders))
        put("folders-old.tar", Self.folders(operations.formerFolders))
        try await Self.append(staged, to: &archive, content: content)
        put("complete", Array("complete\n".utf8))
        bytes = archive + TarEncoder.end
        parents = operations.parents + containers.parents
    }

    /// How much the entries bring to a device, in bytes: holes travel written out.
    static func weight(of entries: [FileEntry]) -> Int64 {
        entries.reduce(0) { sum, entry in
            let (next, isBeyond) = sum.addingReportingOverflow(entry.kind == .file ? entry.size : 0)
            return isBeyond ? .max : next
        }
    }

    /// Adds entries with their contents to an archive.
    /// - Throws: `VaultError.damaged` for a content of another length than its entry says; what `content` throws.
    static func append(
        _ entries: [FileEntry], to archive: inout [UInt8], content: (FileEntry) async throws -> [UInt8]
    ) async throws {
        for entry in entries {
            guard let header = TarEntry(staged: entry) else { continue }
            archive += TarEncoder.header(header)
            guard entry.kind == .file else { continue }
            let bytes = try await content(entry)
            guard Int64(bytes.count) == entry.storedLength else {
                throw VaultError(.damaged, "\(DeviceText.path(entry.path)) is not whole")
            }
            archive += filled(bytes, entry) + TarEncoder.padding(after: entry.size)
        }
    }

    private static func byPath(_ entries: [FileEntry]) -> [[UInt8]: FileEntry] {
        Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
    }

    private static func folders(_ entries: [FileEntry]) -> [UInt8] {
        guard !entries.isEmpty else { return [] }
        return entries.compactMap { TarEntry(staged: $0) }.flatMap { TarEncoder.header($0) } + TarEncoder.end
    }

    /// The content with its holes written out.
    private static func filled(_ bytes: [UInt8], _ entry: FileEntry) -> [UInt8] {
        guard let extents = entry.extents else { return bytes }
        var whole = [UInt8](repeating: 0, count: Int(entry.size))
        var used = 0
        for extent in extents {
            let part = bytes[used..<used + Int(extent.length)]
            whole.replaceSubrange(Int(extent.offset)..<Int(extent.offset + extent.length), with: part)
            used += Int(extent.length)
        }
        return whole
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
