/// A host and a port as the fields `Host` and `Origin` name them.
///
/// - SeeAlso: RFC 9110, section 7.2
public struct HTTPHost: Sendable, Hashable, CustomStringConvertible {
    /// Lower case; an IPv6 address without its brackets.
    public let name: String
    /// Nil where none is named.
    public let port: Int?

    /// A host by name and port.
    public init(name: String, port: Int?) {
        self.name = name.lowercased()
        self.port = port
    }

    /// Nil for what is no host with or without a port.
    public init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        var name: Substring
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            name = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            guard !name.isEmpty, name.utf8.allSatisfy({ Self.isAddressByte($0) }) else { return nil }
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            name = rest[..<end]
            rest = rest[end...]
            if name.hasSuffix(".") { name = name.dropLast() }
            guard !name.isEmpty, name.utf8.allSatisfy({ Self.isNameByte($0) }) else { return nil }
        }
        if rest.isEmpty {
            self.init(name: String(name), port: nil)
            return
        }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            digits.utf8.count <= 5,
            let port = Int(digits), port > 0, port < 65_536
        else { return nil }
        self.init(name: String(name), port: port)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// As it stands in a URL.
    public var description: String {
        let host = name.contains(":") ? "[\(name)]" : name
        return port.map { "\(host):\($0)" } ?? host
    }

    /// Whether the name means this very machine, whatever a name server says.
    public var isLoopback: Bool {
        name == "localhost" || name == "127.0.0.1" || name == "::1"
    }
}

/// Which names a server answers to, and which web pages may talk to it.
///
/// A browser that was sent to this machine by a name that a stranger controls (DNS rebinding) still says that name in
/// `Host`, and the page's origin in `Origin`.
public struct HostPolicy: Sendable, Equatable {
    /// The names that `Host` may have; a name without a port stands for every port.
    public let hosts: Set<HTTPHost>
    /// Origins besides those of the hosts, exactly as browsers send them.
    public let origins: Set<String>
    /// The names as clients usually write them, which need not be taken apart.
    private let usual: Set<String>

    /// - Parameters:
    ///   - hosts: the names of this server.
    ///   - origins: web pages from elsewhere that may use it, for example `https://tools.example`.
    public init(hosts: Set<HTTPHost>, origins: Set<String> = []) {
        self.hosts = hosts
        usual = Set(hosts.map(\.description))
        self.origins = Set(origins.map { $0.lowercased() })
    }

    /// What speaks against a request; nil for nothing.
    public func objection(to head: HTTPRequestHead) -> HTTPProblem? {
        if let host = head.fields["host"], !usual.contains(host) {
            guard let host = HTTPHost(host), knows(host) else {
                return HTTPProblem(
                    .misdirectedRequest, code: "host-unknown", "This server does not answer to that name",
                    hint: "Names it answers to besides its own are given with --host.")
            }
        }
        let origins = head.fields.values(of: "origin")
        guard origins.count <= 1, origins.allSatisfy(allows) else {
            return HTTPProblem(
                .forbidden, code: "origin-refused", "Web pages of that origin may not use this server",
                hint: "Origins that may are given with --origin.")
        }
        return nil
    }

    /// The answer to a browser that asks whether a page from elsewhere may send a request; nil for what asks nothing of the kind.
    ///
    /// - SeeAlso: Fetch Standard, “CORS-preflight fetch”
    public func preflight(_ head: HTTPRequestHead) -> HTTPResponse? {
        guard head.method == .options, let origin = sharing(with: head),
            head.fields["access-control-request-method"] != nil
        else { return nil }
        var fields = HTTPFields()
        fields.set("Access-Control-Allow-Origin", origin)
        fields.set("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE")
        // What is asked for is what the page will send; whether it may is found out then.
        if let names = head.fields["access-control-request-headers"] {
            fields.set("Access-Control-Allow-Headers", names)
        }
        fields.set("Access-Control-Max-Age", "600")
        fields.set("Vary", "Origin")
        return HTTPResponse(.noContent, fields)
    }

    /// Lets a page from elsewhere that may use this server read the response.
    public func shared(_ response: HTTPResponse, with head: HTTPRequestHead) -> HTTPResponse {
        guard let origin = sharing(with: head) else { return response }
        var response = response
        response.fields.set("Access-Control-Allow-Origin", origin)
        response.fields.set("Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate, Retry-After")
        response.fields.set("Vary", "Origin")
        return response
    }

    /// The request's origin where it was named as one that may use this server.
    private func sharing(with head: HTTPRequestHead) -> String? {
        guard !origins.isEmpty, let origin = head.fields["origin"], origins.contains(origin.lowercased())
        else {
            return nil
        }
        return origin
    }

    private func knows(_ host: HTTPHost) -> Bool {
        // Clients leave the usual port of the scheme out.
        let ports = host.port.map { [$0] } ?? [80, 443]
        return hosts.contains(HTTPHost(name: host.name, port: nil))
            || ports.contains { hosts.contains(HTTPHost(name: host.name, port: $0)) }
    }

    private func allows(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        if origins.contains(origin) { return true }
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            guard let host = HTTPHost(origin.dropFirst(scheme.count)) else { return false }
            // A browser leaves the usual port out.
            let usual = scheme == "http://" ? 80 : 443
            return hosts.contains(HTTPHost(name: host.name, port: host.port ?? usual))
                || hosts.contains(HTTPHost(name: host.name, port: nil))
        }
        return false
    }
}
