/// A content that arrives in pieces: one object when it is small, chunks when it is large.
///
/// The division depends on the content alone, never on how the pieces were cut.
struct ContentStream {
    /// Stores a chunk.
    typealias Store = ([UInt8], ObjectKind) throws(VaultError) -> ObjectID

    let kind: ObjectKind
    private var buffer: [UInt8] = []
    private var start = 0
    private var pieces: [ContentRef] = []
    private var isLarge = false

    init(kind: ObjectKind) { self.kind = kind }

    /// Takes the next piece and stores the chunks that are complete.
    mutating func append(_ bytes: [UInt8], chunker: Chunker, store: Store) throws(VaultError) {
        buffer.append(contentsOf: bytes)
        isLarge = isLarge || buffer.count >= Chunker.threshold
        if isLarge { try cut(isLast: false, chunker, store) }
    }

    /// Takes the last piece.
    /// - Returns: all pieces of the content; none when it is empty.
    mutating func finish(
        _ last: [UInt8], chunker: Chunker, store: Store
    ) throws(VaultError) -> [ContentRef] {
        if buffer.isEmpty {
            buffer = last
        } else {
            buffer.append(contentsOf: last)
        }
        if isLarge || buffer.count >= Chunker.threshold {
            try cut(isLast: true, chunker, store)
        } else if !buffer.isEmpty {
            pieces = [ContentRef(id: try store(buffer, kind), length: buffer.count)]
        }
        buffer = []
        return pieces
    }

    private mutating func cut(isLast: Bool, _ chunker: Chunker, _ store: Store) throws(VaultError) {
        while start < buffer.count, let length = chunker.cut(buffer, from: start, isLast: isLast) {
            let chunk = Array(buffer[start..<start + length])
            pieces.append(ContentRef(id: try store(chunk, kind), length: length))
            start += length
        }
        buffer.removeFirst(start)
        start = 0
    }
}
