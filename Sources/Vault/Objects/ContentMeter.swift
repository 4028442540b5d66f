import Basics
import Codecs

/// Takes contents in and names their pieces: the vault's writer, which stores them, or a meter, which does not.
package protocol ContentIntake: Sendable {
    /// Takes whole contents; see `VaultWriter.store(contents:as:)`.
    func store(contents: [[UInt8]], as kind: ObjectKind) async throws(VaultError) -> [[ContentRef]]
    /// Begins a content that arrives in pieces.
    func beginContent(as kind: ObjectKind) async throws(VaultError) -> VaultWriter.StreamID
    /// Takes the next piece of a content.
    func append(_ bytes: [UInt8], to stream: VaultWriter.StreamID) async throws(VaultError)
    /// Ends a content and names its pieces.
    func finish(_ stream: VaultWriter.StreamID) async throws(VaultError) -> [ContentRef]
    /// Gives a content up.
    func abandon(_ stream: VaultWriter.StreamID) async
    /// Of each content, whether all its pieces are known.
    func contains(each contents: [[ContentRef]]) async throws(VaultError) -> [Bool]
}

extension ContentIntake {
    /// Whether all of `pieces` are known.
    package func contains(_ pieces: [ContentRef]) async throws(VaultError) -> Bool {
        try await contains(each: [pieces]) == [true]
    }
}

extension VaultWriter: ContentIntake {}

/// Names contents as the vault would, so that they can be compared with a backup, and stores nothing.
///
/// Keeps small contents in memory, up to a bound, so that what differs can be shown.
package actor ContentMeter: ContentIntake {
    /// Kept of one content and of all together, in bytes.
    private static let contentLimit = 1 << 20
    private static let totalLimit = 128 << 20

    private let executor = QueueExecutor("vault.meter")
    private let keys: VaultKeys
    private let chunker: Chunker
    private var streams: [VaultWriter.StreamID: ContentStream] = [:]
    private var lastStream = 0
    private var kept: [ObjectID: [UInt8]] = [:]
    private var keptBytes = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ store: PackStore) {
        keys = store.keys
        chunker = store.chunker.value
    }

    private func name(_ bytes: [UInt8], _ kind: ObjectKind) -> ObjectID {
        let id = ObjectID(keys.objects.digest(bytes))
        if bytes.count <= Self.contentLimit, keptBytes + bytes.count <= Self.totalLimit, kept[id] == nil {
            kept[id] = bytes
            keptBytes += bytes.count
        }
        return id
    }

    package func store(
        contents: [[UInt8]], as kind: ObjectKind = .content
    ) throws(VaultError) -> [[ContentRef]] {
        var results: [[ContentRef]] = []
        for content in contents {
            var stream = ContentStream(kind: kind)
            results.append(try stream.finish(content, chunker: chunker, store: name))
        }
        return results
    }

    package func beginContent(as kind: ObjectKind = .content) throws(VaultError) -> VaultWriter.StreamID {
        lastStream += 1
        let id = VaultWriter.StreamID(number: lastStream)
        streams[id] = ContentStream(kind: kind)
        return id
    }

    package func append(_ bytes: [UInt8], to stream: VaultWriter.StreamID) throws(VaultError) {
        guard var content = streams.removeValue(forKey: stream) else { return }
        try content.append(bytes, chunker: chunker, store: name)
        streams[stream] = content
    }

    package func finish(_ stream: VaultWriter.StreamID) throws(VaultError) -> [ContentRef] {
        guard var content = streams.removeValue(forKey: stream) else { return [] }
        return try content.finish([], chunker: chunker, store: name)
    }

    package func abandon(_ stream: VaultWriter.StreamID) { streams[stream] = nil }

    /// Always true: what a backup names is in the vault.
    package func contains(each contents: [[ContentRef]]) -> [Bool] { contents.map { _ in true } }

    /// The content that `pieces` make; nil when not all of it was kept.
    package func bytes(of pieces: [ContentRef]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces {
            guard let part = kept[piece.id] else { return nil }
            bytes += part
        }
        return bytes
    }
}

extension Vault {
    /// Names contents as this vault would.
    package func meter() -> ContentMeter { ContentMeter(store) }

    /// The pieces that this vault would make of each of several contents, which stand in memory.
    package func pieces(of contents: [[UInt8]]) throws(VaultError) -> [[ContentRef]] {
        var results: [[ContentRef]] = []
        for content in contents {
            var stream = ContentStream(kind: .content)
            results.append(
                try stream.finish(content, chunker: store.chunker.value) { (piece, _) in
                    ObjectID(store.keys.objects.digest(piece))
                })
        }
        return results
    }
}
