import Basics

/// Reads the head of a request: strict, as whatever two readers may understand in two ways lets requests be smuggled.
///
/// - SeeAlso: RFC 9112, sections 2, 3, 5 and 6
struct HTTPHeadParser {
    /// How the body travels.
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    let limits: HTTPLimits

    /// - Parameter bytes: request line and fields, each ended by CR and LF, without the empty line.
    func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) -> (HTTPRequestHead, Framing) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: true)[...]
        guard let first = lines.popFirst() else {
            throw HTTPRefusal(.badRequest, "the request line is missing")
        }
        let (method, target, minor) = try requestLine(first.dropLast())
        guard lines.count <= limits.fields else {
            throw HTTPRefusal(.fieldsTooLarge, "there are more than \(limits.fields) header fields")
        }
        var fields = HTTPFields()
        for line in lines {
            let (name, value) = try field(line.dropLast())
            fields.append(lowercased: name, value)
        }
        let head = HTTPRequestHead(method, target, fields, minorVersion: minor)
        try checkHost(head)
        try checkExpectation(head)
        return (head, try framing(head))
    }

    private func requestLine(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPRefusal) -> (HTTPMethod, HTTPTarget, Int) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].count <= 32, parts[0].allSatisfy(Self.isTokenByte)
        else { throw HTTPRefusal(.badRequest, "the request line is not ‘METHOD TARGET HTTP/1.1’") }
        guard parts[1].count <= limits.target else {
            throw HTTPRefusal(.uriTooLong, "the target is longer than \(limits.target) bytes")
        }
        let version = Array(parts[2])
        guard version.count == 8, version.starts(with: "HTTP/".utf8), version[6] == UInt8(ascii: ".") else {
            throw HTTPRefusal(.badRequest, "the request line does not end with a version of HTTP")
        }
        guard version[5] == UInt8(ascii: "1"), version[7] == 0x30 || version[7] == 0x31 else {
            throw HTTPRefusal(.versionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        guard let target = HTTPTarget(parts[1]) else {
            throw HTTPRefusal(.badRequest, "the target is no path of this server")
        }
        return (HTTPMethod(String(decoding: parts[0], as: UTF8.self)), target, Int(version[7] - 0x30))
    }

    private func field(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> (String, String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(Self.isTokenByte)
        else { throw HTTPRefusal(.badRequest, "a header field is not ‘name: value’") }
        var value = line[(colon + 1)...]
        while let byte = value.first, byte == 0x20 || byte == 0x09 { value = value.dropFirst() }
        while let byte = value.last, byte == 0x20 || byte == 0x09 { value = value.dropLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw HTTPRefusal(.badRequest, "a header field holds a control character")
        }
        let name = String(decoding: line[..<colon].map(Self.lowercased), as: UTF8.self)
        // Bytes beyond ASCII have no agreed meaning; as Latin-1 none of them is lost.
        let isPlain = value.allSatisfy { $0 < 0x80 }
        let text =
            isPlain
            ? String(decoding: value, as: UTF8.self)
            : String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
        return (name, text)
    }

    private func checkHost(_ head: HTTPRequestHead) throws(HTTPRefusal) {
        let hosts = head.fields.values(of: "host")
        guard hosts.count == 1 || hosts.isEmpty && head.minorVersion == 0 else {
            throw HTTPRefusal(.badRequest, "there must be one Host field, not \(hosts.count)")
        }
        if let authority = head.target.authority, authority.lowercased() != hosts.first?.lowercased() {
            throw HTTPRefusal(.badRequest, "the target and the Host field name different hosts")
        }
    }

    private func checkExpectation(_ head: HTTPRequestHead) throws(HTTPRefusal) {
        let expectations = head.fields.values(of: "expect")
        guard
            expectations.isEmpty || expectations.count == 1 && expectations[0].lowercased() == "100-continue"
        else { throw HTTPRefusal(.expectationFailed, "nothing but 100-continue can be expected here") }
    }

    private func framing(_ head: HTTPRequestHead) throws(HTTPRefusal) -> Framing {
        let lengths = head.fields.values(of: "content-length")
        let codings = head.fields.values(of: "transfer-encoding")
        guard lengths.isEmpty || codings.isEmpty else {
            throw HTTPRefusal(.badRequest, "Content-Length and Transfer-Encoding exclude each other")
        }
        if !codings.isEmpty {
            guard head.minorVersion == 1 else {
                throw HTTPRefusal(.badRequest, "HTTP/1.0 has no Transfer-Encoding")
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw HTTPRefusal(.notImplemented, "no other Transfer-Encoding than chunked is read here")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1, !text.isEmpty, text.utf8.count <= 18,
            text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(text)
        else { throw HTTPRefusal(.badRequest, "the Content-Length is no number, or there are several") }
        guard length <= limits.body else { throw Self.tooLarge(limits) }
        return length == 0 ? .none : .length(length)
    }

    /// The refusal of a body over the limit.
    static func tooLarge(_ limits: HTTPLimits) -> HTTPRefusal {
        HTTPRefusal(.contentTooLarge, "the body is larger than \(limits.body) bytes")
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Whether a byte may stand in a token: a method, a field's name.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
