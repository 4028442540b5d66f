import HTTP
import JOSE
import Operations

/// What the options of `serve` come to, checked before anything is opened.
struct ServePlan: Sendable, Equatable {
    /// Where it listens without options.
    static let standard = HTTPEndpoint.address("127.0.0.1", port: 7420)

    let endpoints: [HTTPEndpoint]
    let certificate: HTTPServerSettings.Certificate?
    let proxies: Set<String>
    /// Names besides those of the addresses it listens on.
    let names: Set<HTTPHost>
    let origins: Set<String>
    /// What callers without a token may do; nil for nothing.
    let openLevel: AccessLevel?
    /// Issuer, the address tokens are made for, and where the issuer's keys are; nil for no such tokens.
    let oauth: OAuth?
    let requestsPerSecond: Int
    /// The tools of callers whose token names none.
    let toolsets: Set<Toolset>

    /// Whose tokens are taken.
    struct OAuth: Sendable, Equatable {
        let issuer: String
        let resource: String
        let keys: KeyRing.Source
    }

    /// - Throws: `argumentInvalid` with what to write instead.
    init(_ options: ServeOptions) throws(OperationError) {
        var endpoints: [HTTPEndpoint] = []
        for text in options.listen { endpoints.append(try Self.endpoint(text)) }
        if let path = options.socket { endpoints.append(.socket(path: path)) }
        self.endpoints = endpoints.isEmpty ? [Self.standard] : endpoints
        certificate = try Self.certificate(options)
        proxies = Set(options.trustedProxy)
        for proxy in options.trustedProxy where HTTPHost("[\(proxy)]") == nil && !Self.isAddress(proxy) {
            throw OperationError(
                .argumentInvalid, "--trusted-proxy cannot be ‘\(proxy)’", hint: "It is a numeric address.")
        }
        names = Set(try options.host.map { (text) throws(OperationError) in try Self.name(text) })
        origins = Set(try options.origin.map { (text) throws(OperationError) in try Self.origin(text) })
        let isOpen = self.endpoints.contains { !Self.isHere($0) } || !proxies.isEmpty
        openLevel = isOpen ? nil : options.withoutToken.level
        oauth = try Self.oauth(options)
        guard (0...1_000_000).contains(options.requestsPerSecond) else {
            throw OperationError(.argumentInvalid, "--requests-per-second takes a number from 0 to 1000000")
        }
        requestsPerSecond = options.requestsPerSecond
        toolsets = try Toolset.named(options.toolsets)
    }

    /// Whether programs of other machines can reach it.
    var isReachable: Bool { endpoints.contains { !Self.isHere($0) } }

    /// What speaks against a peer: behind a proxy, everybody else who comes in the clear from elsewhere.
    func objection(to peer: HTTPPeer) -> HTTPProblem? {
        guard certificate == nil, !peer.isLocal, !proxies.contains(peer.address) else { return nil }
        return HTTPProblem(.forbidden, code: "proxy-required", "This address is for the reverse proxy alone")
    }

    /// Tells what is missing for being reached from other machines.
    /// - Parameter hasToken: whether a token is there that still counts, or tokens of an issuer are taken.
    func check(hasToken: Bool) throws(OperationError) {
        guard let open = endpoints.first(where: { !Self.isHere($0) }) else { return }
        guard certificate != nil || !proxies.isEmpty else {
            throw OperationError(
                .configurationInvalid,
                "\(open) can be reached from other machines, and nothing encrypts what goes there",
                hint:
                    "Give --tls-cert and --tls-key, or name the reverse proxy that does so with --trusted-proxy."
            )
        }
        guard hasToken else {
            throw OperationError(
                .configurationInvalid,
                "\(open) can be reached from other machines, and there is no token that callers could show",
                hint: "Make one first: holdfast token create NAME")
        }
    }

    /// The names and origins it answers to once it listens.
    func policy(listening: [HTTPEndpoint]) -> HostPolicy {
        var hosts = names
        for case .address(let address, let port) in listening {
            hosts.insert(HTTPHost(name: address, port: port))
            guard Self.isHere(.address(address, port: port)) || address == "0.0.0.0" || address == "::" else {
                continue
            }
            for name in ["localhost", "127.0.0.1", "::1"] { hosts.insert(HTTPHost(name: name, port: port)) }
        }
        // Clients of a Unix socket have no name to call it by; curl says localhost.
        if listening.contains(where: { if case .socket = $0 { true } else { false } }) {
            hosts.insert(HTTPHost(name: "localhost", port: nil))
        }
        return HostPolicy(hosts: hosts, origins: origins)
    }

    /// Whether only this machine reaches an endpoint.
    private static func isHere(_ endpoint: HTTPEndpoint) -> Bool {
        switch endpoint {
        case .socket: true
        case .address(let address, _): HTTPPeer(address: address).isLocal
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") } && !text.isEmpty
    }

    private static func endpoint(_ text: String) throws(OperationError) -> HTTPEndpoint {
        let hint = "Write an address and a port, for example 127.0.0.1:7420, [::1]:7420 or 0.0.0.0:7420."
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = parts.last, let port = Int(last), (0...65_535).contains(port), parts.count > 1 else {
            throw OperationError(.argumentInvalid, "--listen cannot be ‘\(text)’", hint: hint)
        }
        let address = text.dropLast(last.count + 1)
        if address.hasPrefix("["), address.hasSuffix("]") {
            return .address(String(address.dropFirst().dropLast()), port: port)
        }
        if address == "localhost" { return .address("127.0.0.1", port: port) }
        guard isAddress(String(address)) else {
            throw OperationError(.argumentInvalid, "--listen cannot be ‘\(text)’", hint: hint)
        }
        return .address(String(address), port: port)
    }

    private static func certificate(
        _ options: ServeOptions
    ) throws(OperationError) -> HTTPServerSettings.Certificate? {
        switch (options.tlsCert, options.tlsKey) {
        case (nil, nil): return nil
        case (let chain?, let key?): return .init(chainPath: chain, keyPath: key)
        default:
            throw OperationError(
                .argumentInvalid, "--tls-cert and --tls-key belong together", hint: "Give both, or neither.")
        }
    }

    private static func oauth(_ options: ServeOptions) throws(OperationError) -> OAuth? {
        guard let issuer = options.oauthIssuer, let keys = options.oauthKeys, let url = options.publicUrl
        else {
            guard options.oauthIssuer == nil, options.oauthKeys == nil else {
                throw OperationError(
                    .argumentInvalid, "--oauth-issuer, --oauth-keys and --public-url belong together",
                    hint: "Give all three.")
            }
            return nil
        }
        for (name, text) in [("--oauth-issuer", issuer), ("--public-url", url)] where !isAddressOfServer(text)
        {
            throw OperationError(
                .argumentInvalid, "\(name) cannot be ‘\(text)’",
                hint: "It is an address such as https://backup.example, or http:// of this machine.")
        }
        let isRemote = keys.hasPrefix("https://") || keys.hasPrefix("http://")
        guard !isRemote || isAddressOfServer(keys) else {
            throw OperationError(
                .argumentInvalid, "--oauth-keys cannot be ‘\(keys)’", hint: "Only https:// is fetched.")
        }
        if let lack = JOSELibrary.lack {
            throw OperationError(
                .ioFailed, "OpenSSL, which checks the issuer's tokens, cannot be loaded: \(lack)")
        }
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        return OAuth(issuer: issuer, resource: base + "/mcp", keys: isRemote ? .address(keys) : .file(keys))
    }

    /// `https://`, or `http://` of this machine, with a host.
    private static func isAddressOfServer(_ text: String) -> Bool {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return false
        }
        guard let host = HTTPHost(text.dropFirst(isSecure ? 8 : 7).prefix { $0 != "/" }) else { return false }
        return isSecure || host.isLoopback
    }

    private static func name(_ text: String) throws(OperationError) -> HTTPHost {
        guard let host = HTTPHost(text) else {
            throw OperationError(
                .argumentInvalid, "--host cannot be ‘\(text)’",
                hint: "It is a name, with a port where one is fixed.")
        }
        return host
    }

    private static func origin(_ text: String) throws(OperationError) -> String {
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.dropFirst(7)
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), HTTPHost(rest) != nil else {
            throw OperationError(
                .argumentInvalid, "--origin cannot be ‘\(text)’",
                hint:
                    "It is scheme, name and port as a browser sends them, for example https://tools.example.")
        }
        return text
    }
}
