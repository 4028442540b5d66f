import Basics
import Codecs

/// The bytes of a manifest file: a magic word, the length of the sealed summary, the sealed summary, the sealed rest.
///
/// Both parts are zstd-compressed JSON. A list reads the first part only.
struct ManifestFile: Sendable {
    static let magic = Array("HFMANIF1".utf8)
    static let prefixLength = 12
    /// What a list reads at once: prefix and summary of nearly every manifest.
    static let usualLength = 4096
    /// The largest plain text of a part.
    private static let plainLimit = 1 << 26

    let sealer: Sealer
    /// Made once: a list opens many of these files.
    private let compressor = OnDemand { Result { () throws(CodecError) in try Compressor() } }
    private let decompressor = OnDemand { Result { () throws(CodecError) in try Decompressor() } }

    init(sealer: Sealer) { self.sealer = sealer }

    func encode(_ manifest: Manifest) throws(VaultError) -> [UInt8] {
        let summary = try seal(manifest.summary.json, manifest.id, part: "summary")
        let details = try seal(manifest.details, manifest.id, part: "details")
        var writer = ByteWriter(capacity: summary.count + details.count + Self.prefixLength)
        writer.append(Self.magic)
        writer.append(fixed: UInt32(summary.count))
        writer.append(summary)
        writer.append(details)
        return writer.bytes
    }

    /// How many bytes of the file hold prefix and summary.
    func headLength(_ head: [UInt8], path: String) throws(VaultError) -> Int {
        var reader = ByteReader(head, from: Self.magic.count)
        guard head.starts(with: Self.magic), let length = try? reader.fixed32(),
            length <= PackFormat.recordLimit
        else { throw .damaged(path, "it does not begin like a manifest") }
        return Self.prefixLength + Int(length)
    }

    /// The summary from the first bytes of the file.
    func summary(_ head: [UInt8], id: BackupID, path: String) throws(VaultError) -> BackupSummary {
        let end = try headLength(head, path: path)
        guard end <= head.count else { throw .damaged(path, "it ends too early") }
        let json = try open(head, Self.prefixLength..<end, id, part: "summary", path: path)
        if let format = json["format"]?.int, format > Manifest.format {
            throw VaultError(
                .tooNew, "\(path) was written by a newer version (format \(format))",
                hint: "Use the newer version of holdfast.", path: path)
        }
        let summary: BackupSummary
        do { summary = try BackupSummary(JSONFields(json)) } catch { throw .damaged(path, error.reason) }
        guard summary.id == id else { throw .damaged(path, "it is the manifest of \(summary.id)") }
        return summary
    }

    /// The whole manifest.
    func manifest(_ bytes: [UInt8], id: BackupID, path: String) throws(VaultError) -> Manifest {
        let summary = try summary(bytes, id: id, path: path)
        let start = try headLength(bytes, path: path)
        let details = try open(bytes, start..<bytes.count, id, part: "details", path: path)
        do { return try Manifest(summary: summary, details: JSONFields(details)) } catch {
            throw .damaged(path, error.reason)
        }
    }

    private func context(_ id: BackupID, _ part: String) -> [UInt8] {
        Self.magic + Array("\(id.text)/\(part)".utf8)
    }

    private func seal(_ json: JSONValue, _ id: BackupID, part: String) throws(VaultError) -> [UInt8] {
        let plain = JSONWriter.bytes(json)
        do {
            var writer = ByteWriter()
            writer.append(fixed: UInt32(plain.count))
            writer.append(try compressor.value.get().compress(plain))
            return sealer.seal(writer.bytes, context: context(id, part))
        } catch {
            throw VaultError(.unavailable, "\(error)")
        }
    }

    private func open(
        _ bytes: [UInt8], _ range: Range<Int>, _ id: BackupID, part: String, path: String
    ) throws(VaultError) -> JSONValue {
        do {
            let payload = try sealer.open(bytes, in: range, context: context(id, part))
            var reader = ByteReader(payload)
            let length = try reader.fixed32()
            guard length <= Self.plainLimit else { throw RecordError(reason: "it is too large") }
            let plain = try decompressor.value.get().decompress(payload, from: 4, length: Int(length))
            return try JSONParser.parse(plain)
        } catch let error as RecordError {
            throw .damaged(path, error.reason)
        } catch {
            throw .damaged(path, "its \(part): \(error)")
        }
    }
}
