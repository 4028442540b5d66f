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
        var rest = bytes
        guard let first = Self.line(&rest) else {
            throw HTTPRefusal(.badRequest, "the request line is missing")
        }
        let (method, target, minor) = try requestLine(first)
        var fields = HTTPFields()
        fields.reserve(16)
        var weighty = WeightyFields()
        while let line = Self.line(&rest) {
            guard fields.all.count < limits.fields else {
                throw HTTPRefusal(.fieldsTooLarge, "there are more than \(limits.fields) header fields")
            }
            let (name, value) = try field(line)
            weighty.note(name, value)
            fields.append(lowercased: name, value)
        }
        let head = HTTPRequestHead(method, target, fields, minorVersion: minor)
        try checkHost(head, weighty.hosts)
        try checkExpectation(weighty.expectations)
        return (head, try framing(head, weighty))
    }

    /// The values of the fields that decide how a request is read.
    private struct WeightyFields {
        private(set) var hosts: [String] = []
        private(set) var expectations: [String] = []
        private(set) var lengths: [String] = []
        private(set) var codings: [String] = []

        mutating func note(_ name: String, _ value: String) {
            switch name {
            case "host": hosts.append(value)
            case "expect": expectations.append(value)
            case "content-length": lengths.append(value)
            case "transfer-encoding": codings.append(value)
            default: break
            }
        }
    }

    /// Takes the next line, without its CR and LF.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 0x0A) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<(end - 1)]
    }

    private func requestLine(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPRefusal) -> (HTTPMethod, HTTPTarget, Int) {
        guard let first = line.firstIndex(of: 0x20), let second = line[(first + 1)...].firstIndex(of: 0x20),
            case let method = line[..<first], !method.isEmpty, method.count <= 32,
            method.allSatisfy(Self.isTokenByte), case let version = line[(second + 1)...],
            !version.contains(0x20)
        else { throw HTTPRefusal(.badRequest, "the request line is not ‘METHOD TARGET HTTP/1.1’") }
        let path = line[(first + 1)..<second]
        guard path.count <= limits.target else {
            throw HTTPRefusal(.uriTooLong, "the target is longer than \(limits.target) bytes")
        }
        guard version.count == 8, version.starts(with: "HTTP/".utf8),
            case let number = Array(version.suffix(3)), number[1] == UInt8(ascii: ".")
        else { throw HTTPRefusal(.badRequest, "the request line does not end with a version of HTTP") }
        guard number[0] == UInt8(ascii: "1"), number[2] == 0x30 || number[2] == 0x31 else {
            throw HTTPRefusal(.versionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        guard let target = HTTPTarget(path) else {
            throw HTTPRefusal(.badRequest, "the target is no path of this server")
        }
        return (HTTPMethod(String(decoding: method, as: UTF8.self)), target, Int(number[2] - 0x30))
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
        var name = Array(line[..<colon])
        for index in name.indices { name[index] = Self.lowercased(name[index]) }
        // Bytes beyond ASCII have no agreed meaning; as Latin-1 none of them is lost.
        let isPlain = value.allSatisfy { $0 < 0x80 }
        let text =
            isPlain
            ? String(decoding: value, as: UTF8.self)
            : String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
        return (String(decoding: name, as: UTF8.self), text)
    }

    private func checkHost(_ head: HTTPRequestHead, _ hosts: [String]) throws(HTTPRefusal) {
        guard hosts.count == 1 || hosts.isEmpty && head.minorVersion == 0 else {
            throw HTTPRefusal(.badRequest, "there must be one Host field, not \(hosts.count)")
        }
        if let authority = head.target.authority, authority.lowercased() != hosts.first?.lowercased() {
            throw HTTPRefusal(.badRequest, "the target and the Host field name different hosts")
        }
    }

    private func checkExpectation(_ expectations: [String]) throws(HTTPRefusal) {
        guard
            expectations.isEmpty || expectations.count == 1 && expectations[0].lowercased() == "100-continue"
        else { throw HTTPRefusal(.expectationFailed, "nothing but 100-continue can be expected here") }
    }

    private func framing(_ head: HTTPRequestHead, _ fields: WeightyFields) throws(HTTPRefusal) -> Framing {
        let (lengths, codings) = (fields.lengths, fields.codings)
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
