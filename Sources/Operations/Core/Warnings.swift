import Synchronization

/// Collects what a call wants said besides its result: sentences without a full stop, once each.
final class Warnings: Sendable {
    private let sentences = Mutex<[String]>([])

    /// All of them, in the order in which they came.
    var all: [String] { sentences.withLock(\.self) }

    /// Adds one.
    func add(_ sentence: String) {
        sentences.withLock { if !$0.contains(sentence) { $0.append(sentence) } }
    }
}
