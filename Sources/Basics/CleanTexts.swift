import Synchronization

/// Short texts that were looked through and hold no secret: the same names and addresses are shown again and again.
///
/// Bounded: when it is full it begins anew. ASCII alone is kept, where equal texts have equal bytes; elsewhere two texts
/// may count as the same of which only one looks like a secret.
final class CleanTexts: Sendable {
    /// The longest text that is kept, in bytes.
    static let lengthLimit = 96
    /// The most texts that are kept.
    static let countLimit = 4096

    private let texts = Mutex<Set<String>>([])

    /// How many are kept.
    var count: Int { texts.withLock(\.count) }

    /// Whether a text that is short and plain enough is one of them; nil for one that never will be.
    func contains(_ text: String) -> Bool? {
        guard text.utf8.count <= Self.lengthLimit, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return texts.withLock { $0.contains(text) }
    }

    /// Keeps a text for which `contains` gave no nil.
    func insert(_ text: String) {
        texts.withLock { texts in
            if texts.count >= Self.countLimit { texts.removeAll(keepingCapacity: true) }
            texts.insert(text)
        }
    }
}
