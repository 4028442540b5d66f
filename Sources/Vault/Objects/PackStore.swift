import Basics
import Codecs

/// Reads packs and the index as they lie on the disk.
struct PackStore: Sendable {
    let files: any VaultFiles
    let keys: VaultKeys
    /// Cuts large contents, likewise for all copies of this store.
    let chunker: OnDemand<Chunker>
    /// What was found broken, shared by all copies of this store.
    let damage: DamageNotes
    /// What the last writer left, likewise.
    let memory = IndexMemory()
    /// What the writers made, likewise.
    let turns = WriterTurns()

    init(files: any VaultFiles, keys: VaultKeys) {
        self.files = files
        self.keys = keys
        chunker = OnDemand { Chunker(key: keys.chunker) }
        damage = DamageNotes(files: files, keys: keys)
    }

    /// Seals index segments.
    var segments: SealedFile { SealedFile(magic: "HFINDEX1", sealer: keys.records) }

    /// A pack file that was found.
    struct Found: Sendable {
        let id: PackID
        let size: Int64
    }

    /// All packs, and the names inside `packs/` that are none.
    func packs() throws(VaultError) -> (packs: [Found], others: [String]) {
        var found: [Found] = []
        var others: [String] = []
        for folder in try files.items(in: VaultPath.packs) {
            let path = "\(VaultPath.packs)/\(folder.name)"
            guard folder.isFolder, folder.name.utf8.count == 2 else {
                others.append(path)
                continue
            }
            for item in try files.items(in: path) {
                if item.name.hasSuffix(VaultPath.packSuffix),
                    let id = PackID(hex: item.name.dropLast(VaultPath.packSuffix.count)),
                    VaultPath.pack(id) == "\(path)/\(item.name)"
                {
                    found.append(Found(id: id, size: item.size))
                } else {
                    others.append("\(path)/\(item.name)")
                }
            }
        }
        return (found, others)
    }

    /// The names of the index's segments, and the names inside `index/` that are none.
    func segmentNames() throws(VaultError) -> (names: [String], others: [String]) {
        var names: [String] = []
        var others: [String] = []
        for item in try files.items(in: VaultPath.index) {
            if item.name.hasSuffix(VaultPath.indexSuffix), !item.isFolder {
                names.append(String(item.name.dropLast(VaultPath.indexSuffix.count)))
            } else {
                others.append("\(VaultPath.index)/\(item.name)")
            }
        }
        return (names, others)
    }

    /// One segment of the index.
    /// - Throws: `damaged`, `notFound`.
    func segment(_ name: String) throws(VaultError) -> IndexSegment {
        let path = VaultPath.segment(name)
        let plain = try segments.decode(try files.read(path), name: name, path: path)
        do { return try IndexSegment(plain) } catch { throw .damaged(path, error.reason) }
    }

    /// Writes a segment durably.
    /// - Returns: its name.
    func write(_ segment: IndexSegment) throws(VaultError) -> String {
        let (name, staged) = try stage(segment)
        try staged.publish()
        try files.sync(folder: VaultPath.index)
        return name
    }

    /// Writes a segment that does not have its name yet.
    func stage(_ segment: IndexSegment) throws(VaultError) -> (name: String, file: StagedFile) {
        let name = IndexSegment.newName()
        let bytes = segments.encode(segment.encoded, name: name)
        return (name, try files.stage(bytes, for: VaultPath.segment(name)))
    }

    /// What the pack's own trailer says, after checking its header, its footer and its length.
    /// - Throws: `damaged`, `notFound`.
    func catalogue(_ pack: Found) throws(VaultError) -> PackCatalogue {
        let path = VaultPath.pack(pack.id)
        let least = Int64(PackFormat.headerLength + PackFormat.footerLength)
        guard pack.size >= least else { throw .damaged(path, "it is too short to be a pack") }
        let header = try files.read(path, at: 0, count: PackFormat.headerLength)
        guard header == PackFormat.header(pack.id) else {
            throw .damaged(path, "its first \(PackFormat.headerLength) bytes are no header of this pack")
        }
        let footerOffset = pack.size - Int64(PackFormat.footerLength)
        let footer = try files.read(path, at: footerOffset, count: PackFormat.footerLength)
        guard let length = PackFormat.trailerLength(footer: footer), length <= PackFormat.recordLimit,
            Int64(length) <= pack.size - least
        else { throw .damaged(path, "its last \(PackFormat.footerLength) bytes are no footer") }
        let trailerOffset = footerOffset - Int64(length)
        let sealed = try files.read(path, at: trailerOffset, count: length)
        let catalogue: PackCatalogue
        do {
            let plain = try keys.blocks.open(sealed, context: PackFormat.trailerContext(pack.id))
            var reader = ByteReader(plain)
            catalogue = try PackCatalogue(from: &reader)
            try reader.finish()
        } catch {
            throw .damaged(path, "its trailer at offset \(trailerOffset): \(error)")
        }
        guard catalogue.bodyLength == trailerOffset else {
            throw .damaged(
                path, "its blocks end at \(catalogue.bodyLength), its trailer begins at \(trailerOffset)")
        }
        return catalogue
    }
}
