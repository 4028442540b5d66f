package import Codecs

/// Names an object by its content: a keyed hash, so that the name tells nothing to those without the key.
package struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The hash.
    package let digest: Digest256

    package init(_ digest: Digest256) { self.digest = digest }

    /// Reads 64 hexadecimal digits.
    package init?(hex: String) {
        guard let digest = Digest256(hex: hex) else { return nil }
        self.digest = digest
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool { left.digest < right.digest }

    package var description: String { digest.hex }
}

/// A piece of a file's content.
package struct ContentRef: Sendable, Hashable {
    /// The object that holds the piece.
    package let id: ObjectID
    /// Its length in bytes.
    package let length: Int

    package init(id: ObjectID, length: Int) {
        self.id = id
        self.length = length
    }
}

/// What sort of object something is: objects of one kind are compressed together.
package enum ObjectKind: UInt8, Sendable, CaseIterable {
    /// Contents of files.
    case content = 0
    /// Trees, inventories, captures: what is read to look at a backup rather than to restore it.
    case record = 1
}
