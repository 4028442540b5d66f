import Basics
import Codecs

/// What came and went since the file of summaries was written, and how the folder of manifests was then: where it is still
/// so, nobody need read its names.
///
/// As that file, it says nothing that the folder does not say, may be missing, torn or old, and is never synced.
/// - SeeAlso: docs/vault-format.md, section 3.4
struct SummaryChanges: Equatable {
    /// From how many manifests on reading their names takes longer than this file.
    static let many = 512
    /// How many bytes tell one file of summaries from another.
    static let identityLength = 16
    private static let version: UInt8 = 1

    /// Of the file of summaries that this is about.
    let identity: [UInt8]
    /// How the folder was.
    let stamp: [Int64]
    let gone: [BackupID]
    let added: [BackupSummary]

    /// What the file says; nil where there is none, or none that can be understood.
    static func read(_ files: any VaultFiles, _ keys: VaultKeys) -> SummaryChanges? {
        guard let bytes = try? files.read(VaultPath.changes),
            let plain = try? sealed(keys).decode(bytes, name: VaultPath.changes, path: VaultPath.changes)
        else { return nil }
        return try? SummaryChanges(decoding: plain)
    }

    /// Writes the file anew; whoever finds none, or an older one, reads the names.
    func write(_ files: any VaultFiles, _ keys: VaultKeys) {
        let bytes = Self.sealed(keys).encode(encoded, name: VaultPath.changes)
        _ = files.replace(VaultPath.changes, with: bytes)
    }

    private static func sealed(_ keys: VaultKeys) -> SealedFile {
        SealedFile(magic: "HFCHNGS1", sealer: keys.records)
    }

    // MARK: Bytes

    private var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.append(byte: Self.version)
        writer.append(counted: identity)
        writer.append(varint: stamp.count)
        for number in stamp { writer.append(zigzag: number) }
        writer.append(varint: gone.count)
        for id in gone { writer.append(Array(id.text.utf8)) }
        writer.append(varint: added.count)
        for summary in added { writer.append(counted: JSONWriter.bytes(summary.json)) }
        return writer.bytes
    }

    init(decoding plain: [UInt8]) throws {
        var reader = ByteReader(plain)
        guard try reader.byte() == Self.version else {
            throw RecordError(reason: "its version is another one")
        }
        identity = try reader.counted()
        stamp = try (0..<(try reader.count(limit: reader.remaining))).map { _ in try reader.zigzag() }
        gone = try (0..<(try reader.count(limit: reader.remaining / BackupID.length))).map { _ in
            BackupID(sealed: try reader.slice(BackupID.length))
        }
        added = try (0..<(try reader.count(limit: reader.remaining))).map { _ in
            try BackupSummary(JSONFields(JSONParser.parse(try reader.counted())))
        }
        try reader.finish()
    }

    init(identity: [UInt8], stamp: [Int64], gone: [BackupID], added: [BackupSummary]) {
        (self.identity, self.stamp, self.gone, self.added) = (identity, stamp, gone, added)
    }
}

extension VaultFiles {
    /// Writes a file that may be missing, without a sync.
    /// - Returns: whether that went well.
    func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        let temporary = path + ".\(Hex.string(SecureRandom.bytes(4)))" + VaultPath.temporarySuffix
        do throws(VaultError) {
            let file = try create(temporary)
            try file.append(bytes)
            try rename(temporary, to: path)
            return true
        } catch {
            // Lists do without; `prune` removes what is left.
            try? remove(temporary)
            return false
        }
    }
}
