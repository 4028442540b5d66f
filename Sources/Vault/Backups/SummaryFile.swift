import Basics
import Codecs

/// The summaries of many manifests in one file, so that a list need not open each of them.
///
/// It says nothing that the manifests do not say, and may be missing, torn or old: whoever reads it leaves out what has no
/// manifest, and reads the manifests that it does not name. So it is never synced, and written without the lock.
/// - SeeAlso: docs/vault-format.md, section 3.3
struct SummaryFile: Sendable {
    /// How many summaries are compressed together.
    private static let portion = 64
    private static let version: UInt8 = 1

    let files: any VaultFiles
    let keys: VaultKeys
    private let sealed: SealedFile

    init(files: any VaultFiles, keys: VaultKeys) {
        (self.files, self.keys) = (files, keys)
        sealed = SealedFile(magic: "HFSUMMS1", sealer: keys.records)
    }

    /// What is told of a backup without reading its summary.
    struct Head: Sendable {
        let id: BackupID
        let started: Timestamp
        /// The number of what it is of.
        let device: Int
        /// How long its summary is, in bytes of JSON.
        fileprivate let length: Int
    }

    /// The file as it was read.
    struct Content: Sendable {
        fileprivate(set) var devices: [String] = []
        /// By what they are of, each newest first.
        fileprivate(set) var heads: [Head] = []
        /// Compressed portions of summaries.
        fileprivate var portions: [[UInt8]] = []
        /// The end of the file, which is another one each time that it is written.
        fileprivate(set) var identity: [UInt8] = []

        /// The portion that was read last.
        private var open: (number: Int, plain: [UInt8], starts: [Int])?

        /// The summary of the backup that `heads` has at `number`; those beside it are at hand then.
        mutating func summary(_ number: Int) throws -> BackupSummary {
            let (portion, place) = number.quotientAndRemainder(dividingBy: SummaryFile.portion)
            if open?.number != portion { open = try unpacked(portion) }
            guard let open else { throw RecordError(reason: "it is not in there") }
            let text = open.plain[open.starts[place]..<open.starts[place] + heads[number].length]
            let summary = try BackupSummary(JSONFields(JSONParser.parse(Array(text))))
            guard summary.id == heads[number].id else { throw RecordError(reason: "it is of another backup") }
            return summary
        }

        private func unpacked(_ portion: Int) throws -> (Int, [UInt8], [Int]) {
            var length = 0
            var starts: [Int] = []
            for head in heads.dropFirst(portion * SummaryFile.portion).prefix(SummaryFile.portion) {
                starts.append(length)
                length += head.length
            }
            return (portion, try Decompressor().decompress(portions[portion], length: length), starts)
        }
    }

    /// What the file says; nil where there is none, or none that can be understood.
    func read() -> Content? {
        guard let bytes = try? files.read(VaultPath.summaries),
            let plain = try? sealed.decode(bytes, name: VaultPath.summaries, path: VaultPath.summaries),
            var content = try? Self.decode(plain)
        else { return nil }
        content.identity = Self.identity(bytes)
        return content
    }

    /// Writes the file anew; the next reader that wants one tries again where this fails.
    /// - Returns: what tells it from others.
    func write(_ series: [String: [BackupSummary]]) -> [UInt8]? {
        guard let plain = try? Self.encode(series) else { return nil }
        let bytes = sealed.encode(plain, name: VaultPath.summaries)
        return files.replace(VaultPath.summaries, with: bytes) ? Self.identity(bytes) : nil
    }

    /// Takes the file away, and the one of changes, where they speak of a backup of which they should not.
    func remove(where id: BackupID) {
        let isNamed =
            read()?.heads.contains { $0.id == id } == true
            || SummaryChanges.read(files, keys)?.added.contains { $0.id == id } == true
        guard isNamed else { return }
        // Where that cannot be, whoever uses a backup finds out again.
        try? files.remove(VaultPath.changes)
        try? files.remove(VaultPath.summaries)
    }

    private static func identity(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes.suffix(SummaryChanges.identityLength))
    }

    // MARK: Bytes

    static func encode(_ series: [String: [BackupSummary]]) throws -> [UInt8] {
        let devices = series.keys.sorted()
        let all = devices.enumerated().flatMap { number, name in (series[name] ?? []).map { (number, $0) } }
        let texts = all.map { JSONWriter.bytes($0.1.json) }
        var writer = ByteWriter()
        writer.append(byte: version)
        writer.append(varint: devices.count)
        for name in devices { writer.append(counted: Array(name.utf8)) }
        writer.append(varint: all.count)
        for ((device, summary), text) in zip(all, texts) {
            writer.append(Array(summary.id.text.utf8))
            writer.append(zigzag: summary.started.nanoseconds)
            writer.append(varint: device)
            writer.append(varint: text.count)
        }
        let compressor = try Compressor()
        for start in stride(from: 0, to: texts.count, by: portion) {
            let plain = Array(texts[start..<min(start + portion, texts.count)].joined())
            writer.append(counted: try compressor.compress(plain))
        }
        return writer.bytes
    }

    static func decode(_ plain: [UInt8]) throws(RecordError) -> Content {
        var reader = ByteReader(plain)
        guard try reader.byte() == version else { throw RecordError(reason: "its version is another one") }
        var content = Content()
        for _ in 0..<(try reader.count(limit: reader.remaining)) {
            content.devices.append(String(decoding: try reader.counted(), as: UTF8.self))
        }
        let count = try reader.count(limit: reader.remaining / BackupID.length)
        content.heads.reserveCapacity(count)
        for _ in 0..<count {
            let id = BackupID(sealed: try reader.slice(BackupID.length))
            let started = Timestamp(nanoseconds: try reader.zigzag())
            guard !content.devices.isEmpty else { throw RecordError(reason: "it names no device") }
            let device = try reader.count(limit: content.devices.count - 1)
            let length = try reader.count(limit: PackFormat.blockLimit)
            content.heads.append(Head(id: id, started: started, device: device, length: length))
        }
        for _ in stride(from: 0, to: count, by: portion) { content.portions.append(try reader.counted()) }
        try reader.finish()
        return content
    }
}
