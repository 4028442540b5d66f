import RemoteExecution
import Synchronization

/// Keeps what it receives, and answers with what a test's closure says.
final class CollectingConsumer: ShellConsumer {
    struct Seen {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var pieces = 0
        var largest = 0
    }

    private let seen = Mutex(Seen())
    private let answer: @Sendable (Seen) async throws -> ShellReply

    init(_ answer: @escaping @Sendable (Seen) async throws -> ShellReply = { _ in .proceed }) {
        self.answer = answer
    }

    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        let now = seen.withLock { seen in
            switch stream {
            case .standardOutput: seen.output += bytes
            case .standardError: seen.errors += bytes
            }
            seen.pieces += 1
            seen.largest = max(seen.largest, bytes.count)
            return seen
        }
        return try await answer(now)
    }

    var everything: Seen { seen.withLock { $0 } }
    var output: String { String(decoding: everything.output, as: UTF8.self) }
    var errors: String { String(decoding: everything.errors, as: UTF8.self) }
}

/// Gives so many pieces of so many bytes; a negative number fails at once.
final class CountingSource: ShellSource {
    private struct Failure: Error {}

    private let left: Mutex<Int>
    private let size: Int

    init(pieces: Int, size: Int) {
        left = Mutex(pieces)
        self.size = size
    }

    func next() async throws -> [UInt8]? {
        let rest = left.withLock { left in
            left -= 1
            return left
        }
        if rest < -1 { throw Failure() }
        return rest < 0 ? nil : [UInt8](repeating: 1, count: size)
    }
}

extension ShellJob {
    /// A job whose script is `text`.
    static func script(_ text: String, limits: Limits = Limits(), keepsInputOpen: Bool = false) -> ShellJob {
        ShellJob(input: Array(text.utf8), keepsInputOpen: keepsInputOpen, limits: limits)
    }
}
