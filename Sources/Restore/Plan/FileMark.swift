package import Codecs
package import Vault

/// Tells one state of a file from another: kind, mode, owner, attributes and content, but not when it was touched.
package struct FileMark: Sendable, Equatable {
    /// 64 hexadecimal digits of a keyed hash: says nothing of the content to whoever has no key.
    package let text: String

    package init(text: String) { self.text = text }

    /// The mark of `entry`; of nil, a file that is not there.
    package init(_ entry: FileEntry?, hash: KeyedHash) {
        guard let entry else {
            text = "absent"
            return
        }
        var bytes: [UInt8] = []
        func put(_ number: UInt64) {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        func put(_ part: [UInt8]) {
            put(UInt64(part.count))
            bytes.append(contentsOf: part)
        }
        put(entry.path)
        put(UInt64(entry.kind.rawValue))
        // A link has no mode of its own.
        put(entry.kind == .symbolicLink ? 0 : UInt64(entry.mode))
        put(UInt64(entry.userID) << 32 | UInt64(entry.groupID))
        put(entry.linkTarget)
        put(entry.device.map { UInt64($0.major) << 32 | UInt64($0.minor) } ?? 0)
        put(UInt64(bitPattern: entry.size))
        for attribute in entry.attributes.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            put(attribute.name)
            put(attribute.value)
        }
        for piece in entry.content { put(Array(piece.id.description.utf8)) }
        text = hash.digest(bytes).description
    }

    /// One mark for many files, whose order counts.
    package init(joining marks: [FileMark], hash: KeyedHash) {
        text = hash.digest(Array(marks.map(\.text).joined(separator: "\n").utf8)).description
    }
}
