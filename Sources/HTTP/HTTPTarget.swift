import Basics

/// What a request is for: a path and a query.
///
/// - SeeAlso: RFC 3986, RFC 9112 section 3.2
public struct HTTPTarget: Sendable, Equatable {
    /// The path as it was sent, beginning with `/`, or `*`.
    public let path: String
    /// The part behind the question mark as it was sent; empty without one.
    public let query: String
    /// The parts of the path between its slashes, decoded; none for `/`.
    ///
    /// A part may hold a slash that was sent as `%2F`; it never holds a zero byte, and is never `.` or `..`.
    public let segments: [String]
    /// Host and port of an absolute target; nil for others.
    let authority: String?

    /// Nil for what is no target: relative paths, other characters than those of a URI, wrong escapes, `..`.
    public init?(_ text: String) { self.init(Array(text.utf8)[...]) }

    init?(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            return nil
        }
        var rest = bytes
        var authority: String?
        if bytes.first != UInt8(ascii: "/"), bytes.count > 1 {
            guard let (host, path) = Self.absolute(bytes) else { return nil }
            authority = host
            rest = path
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let pathBytes = rest[..<mark]
        path = pathBytes.isEmpty ? "/" : String(decoding: pathBytes, as: UTF8.self)
        query = String(decoding: rest[mark...].dropFirst(), as: UTF8.self)
        self.authority = authority
        if path == "*" {
            segments = []
            return
        }
        guard path.hasPrefix("/"), let parts = Self.segments(of: pathBytes) else { return nil }
        segments = parts
    }

    /// Takes `http://host/path` apart.
    private static func absolute(_ bytes: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        for scheme in ["http://", "https://"] where bytes.starts(with: scheme.utf8) {
            let rest = bytes.dropFirst(scheme.utf8.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            guard end > rest.startIndex else { return nil }
            return (String(decoding: rest[..<end], as: UTF8.self), rest[end...])
        }
        return nil
    }

    private static func segments(of path: ArraySlice<UInt8>) -> [String]? {
        var parts: [String] = []
        for part in path.split(separator: UInt8(ascii: "/")) {
            guard let text = PercentText.decode(part), text != ".", text != "..", !text.utf8.contains(0)
            else {
                return nil
            }
            parts.append(text)
        }
        return parts
    }

    /// The names and values of the query in their order, `+` read as a blank; nil where an escape is wrong.
    public var parameters: [(name: String, value: String)]? {
        var result: [(String, String)] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let bytes = Array(pair)
            let mark = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.endIndex
            guard let name = PercentText.decode(bytes[..<mark], plusIsBlank: true),
                let value = PercentText.decode(bytes[mark...].dropFirst(), plusIsBlank: true)
            else { return nil }
            result.append((name, value))
        }
        return result
    }
}

/// Text with escapes like `%2F`.
enum PercentText {
    /// Nil for a wrong escape and for what is no UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>, plusIsBlank: Bool = false) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(Hex.digit),
                    let low = rest.popFirst().flatMap(Hex.digit)
                else { return nil }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsBlank: result.append(0x20)
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }
}
