import Codecs

/// Turns plain blocks into sealed ones and back; keeps the working memory of zstd.
struct BlockCodec: Sendable {
    private let sealer: Sealer
    private let compressor: Compressor
    private let decompressor: Decompressor

    init(sealer: Sealer) throws(VaultError) {
        self.sealer = sealer
        do {
            compressor = try Compressor()
            decompressor = try Decompressor()
        } catch {
            throw VaultError(.unavailable, "\(error)")
        }
    }

    /// Compresses (where that gains anything) and seals.
    func encode(_ block: PlainBlock, pack: PackID, number: Int) throws(CodecError) -> [UInt8] {
        let frame = try compressor.compress(block.plain)
        let gains = frame.count < block.plain.count - block.plain.count / 32
        let encoding = gains ? BlockEncoding.zstd : .raw
        var payload: [UInt8] = []
        payload.reserveCapacity((gains ? frame.count : block.plain.count) + 1)
        payload.append(encoding.rawValue)
        payload.append(contentsOf: gains ? frame : block.plain)
        let context = PackFormat.blockContext(pack, number: number, kind: block.kind)
        return sealer.seal(payload, context: context)
    }

    /// Opens and decompresses.
    /// - Parameter plainLength: what the catalogue promises.
    func decode(
        _ sealed: [UInt8], pack: PackID, number: Int, kind: ObjectKind, plainLength: Int
    ) throws(CodecError) -> [UInt8] {
        let context = PackFormat.blockContext(pack, number: number, kind: kind)
        let payload = try sealer.open(sealed, context: context)
        switch payload.first.flatMap(BlockEncoding.init(rawValue:)) {
        case .zstd: return try decompressor.decompress(payload, from: 1, length: plainLength)
        case .raw:
            guard payload.count == plainLength + 1 else { throw .notDecompressible("wrong length") }
            return Array(payload.dropFirst())
        case nil: throw .notDecompressible("unknown encoding")
        }
    }
}
