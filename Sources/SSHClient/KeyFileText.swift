import Basics
import RemoteExecution

/// What the text of a private key file tells without its passphrase.
struct KeyFileText: Equatable {
    /// Whether a passphrase protects the key.
    let isProtected: Bool
    /// The public half, where the format holds it in the clear.
    let publicKey: HostKey?

    /// Nil when `text` is no private key file.
    ///
    /// - SeeAlso: OpenSSH's PROTOCOL.key; RFC 1421 for `Proc-Type: 4,ENCRYPTED`
    init?(_ text: String) {
        guard let start = text.range(ofMarker: "-----BEGIN ") else { return nil }
        let rest = text[start.upperBound...]
        guard rest.hasPrefix("OPENSSH PRIVATE KEY-----") else {
            guard rest.prefix(80).range(ofMarker: "PRIVATE KEY-----") != nil else { return nil }
            isProtected = rest.prefix(400).range(ofMarker: "ENCRYPTED") != nil
            publicKey = nil
            return
        }
        let body = rest.split(separator: "\n").dropFirst().prefix { !$0.hasPrefix("-----END") }
        guard let bytes = Base64.bytes(body.joined().filter { !$0.isWhitespace }) else { return nil }
        let magic = Array("openssh-key-v1".utf8) + [0]
        guard bytes.starts(with: magic) else { return nil }
        var reader = WireReader(Array(bytes.dropFirst(magic.count)))
        guard let cipher = reader.string(), reader.string() != nil, reader.string() != nil,
            reader.number() == 1, let blob = reader.string()
        else { return nil }
        isProtected = cipher != Array("none".utf8)
        publicKey = HostKey(blob: blob)
    }
}

/// Reads the fields of SSH's wire format in order.
///
/// - SeeAlso: RFC 4251, section 5
struct WireReader {
    private var bytes: ArraySlice<UInt8>

    /// Begins at the first of `bytes`.
    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// An unsigned number of four bytes; nil at the end.
    mutating func number() -> Int? {
        guard bytes.count >= 4 else { return nil }
        defer { bytes.removeFirst(4) }
        return bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    /// A length and so many bytes; nil when there are fewer.
    mutating func string() -> [UInt8]? {
        guard let count = number(), bytes.count >= count else { return nil }
        defer { bytes.removeFirst(count) }
        return Array(bytes.prefix(count))
    }
}

/// The wire form of a string: its length in four bytes, then the bytes.
func wireString(_ bytes: some Collection<UInt8>) -> [UInt8] { wireNumber(bytes.count) + bytes }

/// The wire form of a number: four bytes, the most significant first.
func wireNumber(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

extension StringProtocol {
    /// Where `marker` first occurs.
    fileprivate func range(ofMarker marker: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(marker) { return start..<index(start, offsetBy: marker.count) }
            formIndex(after: &start)
        }
        return nil
    }
}
