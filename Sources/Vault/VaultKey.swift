package import Basics
import Codecs
import Glibc

/// The one secret of a vault: 32 random bytes, kept in a file outside of it.
///
/// Whoever lacks it can read nothing; a lost key cannot be replaced.
package struct VaultKey: Sendable, CustomStringConvertible {
    private static let groupLength = 4

    let master: SecretKey

    /// A new random key.
    package static func random() -> VaultKey { VaultKey(master: .random()) }

    init(master: SecretKey) { self.master = master }

    /// Reads the text form in any spelling that `RecoveryText` knows: what is no letter or digit does not count, either
    /// case will do, and the prefix may be missing.
    /// - Throws: `VaultError.invalid` when it is no key or holds a typing error.
    package init(recoveryText: String) throws(VaultError) {
        let text = RecoveryText.characters(of: recoveryText)
        guard let bytes = Base32.bytes(text), bytes.count == SecretKey.length + RecoveryText.checkLength
        else {
            throw VaultError(
                .invalid, "This is no key of a vault: it has \(text.count) characters of 56, or some others",
                hint: "Compare it with the recovery kit, group by group.")
        }
        let secret = Array(bytes.prefix(SecretKey.length))
        guard let master = SecretKey(secret),
            Self.check(master) == Array(bytes.suffix(RecoveryText.checkLength))
        else {
            throw VaultError(
                .invalid, "The key holds a typing error: its check characters do not fit",
                hint: "Compare it with the recovery kit, group by group.")
        }
        self.master = master
    }

    /// The text form: a prefix and 14 groups of four characters, the last of them a check; for the key file and paper.
    package var recoveryText: Redacted<String> {
        let characters = Array(Base32.string(master.exposed + Self.check(master)))
        let groups = stride(from: 0, to: characters.count, by: Self.groupLength).map { start in
            String(characters[start..<min(start + Self.groupLength, characters.count)])
        }
        return Redacted(RecoveryText.prefix + groups.joined(separator: "-"))
    }

    /// Reads the key file at `path`.
    ///
    /// Blocks.
    /// - Throws: `VaultError.notFound` when there is none, `.invalid` when it is no key or no ordinary file.
    package static func read(_ path: String) throws(VaultError) -> VaultKey {
        let bytes: [UInt8]?
        do { bytes = try AtomicFile.read(path, limit: 4096) } catch {
            guard error.code == ENXIO else { throw VaultError(error, path: path) }
            throw VaultError(
                .invalid, "What lies at \(path) is no ordinary file, so it holds no key of a vault",
                hint: "Put the recovery kit into a file and run: holdfast key restore --from FILE", path: path
            )
        }
        guard let bytes else {
            throw VaultError(
                .notFound, "There is no key at \(path)",
                hint: "Write the key of the recovery kit to this file, with mode 0600.")
        }
        do { return try VaultKey(recoveryText: String(decoding: bytes, as: UTF8.self)) } catch {
            throw VaultError(
                error.code, "The key file \(path) is damaged: it holds no key of a vault",
                hint: "Put the recovery kit into a file and run: holdfast key restore --from FILE", path: path
            )
        }
    }

    /// Writes the key file at `path`, mode 0600.
    ///
    /// Blocks.
    /// - Throws: `VaultError.exists` when there is a file already: a key is never written over.
    package func write(_ path: String) throws(VaultError) {
        do {
            guard try Folder.item(path) == nil else {
                throw VaultError(.exists, "There is a key at \(path) already", hint: "Keep it.")
            }
            try AtomicFile.write(Array((recoveryText.exposed + "\n").utf8), to: path)
        } catch let error as SystemError {
            throw VaultError(error, path: path)
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.unavailable, "\(error)")
        }
    }

    /// The first bytes of a hash under a subkey: finds typing errors and tells nothing of the key.
    private static func check(_ master: SecretKey) -> [UInt8] {
        let hash = KeyedHash(key: master.subkey(0, context: VaultKeys.context))
        return Array(
            hash.digest(Array("\(RecoveryText.checked)".utf8)).bytes.prefix(RecoveryText.checkLength))
    }

    package var description: String { "‹hidden›" }
}

/// The subkeys of a vault, one for each purpose.
struct VaultKeys: Sendable {
    /// The context of `crypto_kdf`.
    static let context = RecoveryText.context

    /// Names objects.
    let objects: KeyedHash
    /// Seals blocks and trailers of packs.
    let blocks: Sealer
    /// Seals manifests and the index.
    let records: Sealer
    /// Seals marks.
    let marks: Sealer
    /// Makes the chunker's table.
    let chunker: KeyedHash
    /// Signs the `config` file.
    let config: KeyedHash

    init(_ key: VaultKey) {
        func subkey(_ id: UInt64) -> SecretKey { key.master.subkey(id, context: Self.context) }
        objects = KeyedHash(key: subkey(1))
        blocks = Sealer(key: subkey(2))
        records = Sealer(key: subkey(3))
        chunker = KeyedHash(key: subkey(4))
        marks = Sealer(key: subkey(5))
        config = KeyedHash(key: subkey(6))
    }
}
