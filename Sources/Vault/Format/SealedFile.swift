import Codecs

/// The small sealed files of a vault: a magic word, then a sealed text bound to that word and to the file's name.
struct SealedFile: Sendable {
    /// Eight characters that say what sort of file it is.
    let magic: [UInt8]
    let sealer: Sealer

    init(magic: StaticString, sealer: Sealer) {
        self.magic = Array("\(magic)".utf8)
        self.sealer = sealer
    }

    /// The bytes of the file called `name`.
    func encode(_ plain: [UInt8], name: String) -> [UInt8] {
        magic + sealer.seal(plain, context: context(name))
    }

    /// The plain text of the file called `name`, which lies at `path`.
    /// - Throws: `damaged`.
    func decode(_ bytes: [UInt8], name: String, path: String) throws(VaultError) -> [UInt8] {
        guard bytes.starts(with: magic) else {
            throw .damaged(path, "it does not begin with \(String(decoding: magic, as: UTF8.self))")
        }
        do {
            return try sealer.open(bytes, in: magic.count..<bytes.count, context: context(name))
        } catch {
            throw .damaged(path, "\(error)")
        }
    }

    private func context(_ name: String) -> [UInt8] { magic + Array(name.utf8) }
}
