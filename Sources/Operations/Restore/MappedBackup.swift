import Basics
import Codecs
import Restore
import Vault

/// The files of a backup as another machine would have them: with its numbers of owners, under the names a person gave.
struct MappedBackup: Sendable {
    /// Sorted by path.
    private(set) var entries: [FileEntry]
    /// Contents that the backup does not hold, as text was changed.
    private(set) var contents: [ContentKey: [UInt8]] = [:]
    /// The pieces of these contents.
    private var pieces: [ObjectID: [UInt8]] = [:]
    /// Stored forms of the maps that found something.
    private(set) var used: Set<String> = []

    /// The pieces of a content, as a key.
    struct ContentKey: Hashable, Sendable {
        let pieces: [ObjectID]

        init(_ pieces: [ContentRef]) { self.pieces = pieces.map(\.id) }
    }

    /// The backup as it is.
    init(_ entries: [FileEntry]) { self.entries = entries }

    /// - Throws: `argumentInvalid` when a map makes one file of two; what the vault says.
    init(
        _ entries: [FileEntry], maps: RestoreMaps, owners: OwnerMap, vault: Vault
    ) async throws(OperationError) {
        guard !maps.isEmpty else {
            self.entries = entries.map { owners.applied(to: $0) }
            return
        }
        self.entries = entries
        do {
            if maps.changesText { try await changeTexts(maps, vault) }
        } catch { throw OperationError(any: error) }
        var seen: Set<[UInt8]> = []
        self.entries = self.entries.map { entry in
            let moved = maps.applied(to: entry)
            note(entry, moved, maps)
            return owners.applied(to: moved)
        }
        for entry in self.entries where !seen.insert(entry.path).inserted {
            throw OperationError(
                .argumentInvalid, "Two files would become \(DeviceText.path(entry.path))",
                hint: "Choose another target for --map.")
        }
        self.entries.sort { ByteOrder.precedes($0.path, $1.path) }
    }

    private mutating func note(_ entry: FileEntry, _ moved: FileEntry, _ maps: RestoreMaps) {
        guard entry.path != moved.path || entry.user != moved.user else { return }
        for map in maps.maps {
            switch map.kind {
            case .user where entry.user == map.from: used.insert(map.text)
            case .path where entry.path.starts(with: Array(map.from.utf8)) && entry.path != moved.path:
                used.insert(map.text)
            default: break
            }
        }
    }

    private mutating func changeTexts(_ maps: RestoreMaps, _ vault: Vault) async throws {
        let meter = await vault.meter()
        for index in entries.indices where RestoreMaps.isConfiguration(entries[index]) {
            let bytes = try await vault.bytes(of: entries[index].content, limit: Int(RestoreMaps.textLimit))
            let changed = maps.changed(bytes)
            guard !changed.used.isEmpty else { continue }
            used.formUnion(changed.used)
            let pieces = try await meter.store(contents: [changed.bytes])[0]
            entries[index].content = pieces
            entries[index].size = Int64(changed.bytes.count)
            contents[ContentKey(pieces)] = changed.bytes
            var rest = changed.bytes[...]
            for piece in pieces {
                self.pieces[piece.id] = Array(rest.prefix(piece.length))
                rest = rest.dropFirst(piece.length)
            }
        }
    }

    /// Gives all entries the numbers of owners of another machine.
    mutating func number(_ owners: OwnerMap) { entries = entries.map { owners.applied(to: $0) } }

    /// The bytes of one piece of a content.
    func bytes(of piece: ContentRef, in vault: Vault) async throws -> [UInt8] {
        if let bytes = pieces[piece.id] { return bytes }
        return try await vault.bytes(of: [piece])
    }
}
