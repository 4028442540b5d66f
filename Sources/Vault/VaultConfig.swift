import Basics
import Codecs

/// The `config` file: what a vault is, in plain JSON, signed with the key.
struct VaultConfig: Sendable, Equatable {
    static let format = "holdfast-vault"
    /// Version of the layout and of all files; a reader refuses a newer one.
    static let version: Int64 = 1

    /// 32 random hexadecimal digits.
    let id: String
    let created: Timestamp

    /// The bytes of the file.
    func encoded(_ keys: VaultKeys) -> [UInt8] {
        var members = self.members
        members["keyCheck"] = .string(Self.keyCheck(keys))
        members["signature"] = .string(signature(keys))
        return JSONWriter.bytes(.object(members), isPretty: true) + [0x0A]
    }

    private var members: [String: JSONValue] {
        [
            "format": .string(Self.format), "version": .int(Self.version), "id": .string(id),
            "created": created.json,
        ]
    }

    /// Tells a wrong key from damage; says nothing about the key itself.
    private static func keyCheck(_ keys: VaultKeys) -> String {
        Hex.string(keys.config.digest(Array("key check".utf8)).bytes.prefix(16))
    }

    /// Over the other members as compact JSON with sorted keys.
    private func signature(_ keys: VaultKeys) -> String {
        Hex.string(keys.config.digest(JSONWriter.bytes(.object(members))).bytes.prefix(16))
    }

    init(id: String, created: Timestamp) {
        self.id = id
        self.created = created
    }

    /// Reads the file.
    /// - Throws: `tooNew`, `wrongKey`, `damaged`.
    init(_ bytes: [UInt8], keys: VaultKeys) throws(VaultError) {
        let path = VaultPath.config
        let json: JSONFields
        do { json = try JSONFields(JSONParser.parse(bytes)) } catch {
            throw .damaged(path, "it is no JSON object")
        }
        do {
            guard try json.string("format") == Self.format else {
                throw RecordError(reason: "it is not the configuration of a vault")
            }
            id = try json.string("id")
            created = try json.time("created")
            let version = try json.int("version")
            guard version <= Self.version else {
                throw VaultError(
                    .tooNew, "The vault was written by a newer version: \(path) names format \(version)",
                    hint: "Use the newer version of holdfast.", path: path)
            }
            let isSigned = try json.string("signature") == signature(keys)
            let isKeyRight = try json.string("keyCheck") == Self.keyCheck(keys)
            guard isSigned || isKeyRight else {
                throw VaultError(
                    .wrongKey, "The key is not the key of this vault",
                    hint: "Use the key that was printed when the vault was made.", path: path)
            }
        } catch let error as VaultError {
            throw error
        } catch let error as RecordError {
            throw .damaged(path, error.reason)
        } catch {
            throw .damaged(path, "\(error)")
        }
        guard encoded(keys) == bytes else { throw .damaged(path, "it is not what was signed") }
    }

    /// A file that is longer than this was not written by this program.
    private static let sizeLimit = 4096

    /// What a damaged file said before, where its signature proves it; nil otherwise.
    ///
    /// Tried are the members as they can still be read, and every file that differs in one bit.
    static func salvaged(from bytes: [UInt8], keys: VaultKeys) -> VaultConfig? {
        guard bytes.count <= sizeLimit else { return nil }
        if let json = try? JSONFields(JSONParser.parse(bytes)), let id = try? json.string("id"),
            let created = try? json.time("created")
        {
            let config = VaultConfig(id: id, created: created)
            if (try? json.string("signature")) == config.signature(keys) { return config }
        }
        var candidate = bytes
        for offset in bytes.indices {
            for bit in 0..<8 {
                candidate[offset] = bytes[offset] ^ (1 << UInt8(bit))
                if let config = try? VaultConfig(candidate, keys: keys) { return config }
            }
            candidate[offset] = bytes[offset]
        }
        return nil
    }
}
