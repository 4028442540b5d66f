/// Answers requests.
public protocol HTTPHandler: Sendable {
    /// Judges a request by its head alone, before its body is read.
    ///
    /// Called on the thread of the connections: it must neither wait nor work for long.
    /// - Returns: the answer, after which the connection ends; nil to read on.
    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse?

    /// Answers a request.
    ///
    /// A request with a small body runs on the thread of the connections: it must not block, and what works for long
    /// must do so in a task of its own.
    /// Cancelled when its client is gone, and when the server ends and its patience is over.
    func respond(to request: HTTPRequest) async -> HTTPResponse
}

/// Serves a handler to the network; what it is made of is the implementation's matter.
public protocol HTTPServing: Sendable {
    /// Listens, and serves `handler` until the calling task is cancelled.
    ///
    /// Then no connection is taken any more, requests that are under way are finished within the patience of the
    /// settings, streams end, and it returns.
    /// - Parameter ready: called once, with what is really listened on.
    /// - Throws: when it cannot listen, or no longer.
    func serve(
        _ settings: HTTPServerSettings, handler: any HTTPHandler,
        ready: @Sendable ([HTTPEndpoint]) async -> Void
    ) async throws(HTTPServerError)
}

/// A place where connections are taken.
public enum HTTPEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address and a port; port 0 takes any that is free.
    case address(String, port: Int)
    /// A socket in the file system, for programs of this user alone.
    case socket(path: String)

    /// `127.0.0.1:7420`, `[::1]:7420`, `unix:/run/holdfast.sock`.
    public var description: String {
        switch self {
        case .address(let address, let port):
            address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }
}

/// How a server listens and what it lets its clients do.
public struct HTTPServerSettings: Sendable, Equatable {
    /// The files of the server's certificate.
    public struct Certificate: Sendable, Equatable {
        /// The certificate and those that lead from it to a known authority, in PEM.
        public let chainPath: String
        /// Its private key, in PEM.
        public let keyPath: String

        /// A certificate.
        public init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }

    /// Where connections are taken.
    public var endpoints: [HTTPEndpoint]
    /// Nil for no encryption; sockets in the file system are never encrypted.
    public var certificate: Certificate?
    /// How large a request may be.
    public var limits = HTTPLimits()
    /// The most connections at once; lowered to what the process may open.
    public var connections = 10_000
    /// The most connections at once from one address; this very machine has no such limit.
    public var connectionsPerAddress = 128
    /// The most requests that are worked on at once, streams left out; beyond, clients are told to come later.
    public var requests = 512
    /// The most bytes of unfinished bodies that are kept for all clients together.
    public var bodyBytes = 128 << 20
    /// From a head's first byte, or from the connection's first moment, to the head's last byte.
    public var headTime = Duration.seconds(10)
    /// From a head's last byte to the body's last.
    public var bodyTime = Duration.seconds(30)
    /// How long a connection may lie between two requests.
    public var idleTime = Duration.seconds(60)
    /// How long a client may take for 64 KiB of a response.
    public var writeTime = Duration.seconds(20)
    /// How long requests that are under way may go on when the server ends.
    public var patience = Duration.seconds(10)

    /// The usual settings.
    public init(endpoints: [HTTPEndpoint], certificate: Certificate? = nil) {
        self.endpoints = endpoints
        self.certificate = certificate
    }
}

/// Why a server cannot serve.
public struct HTTPServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened and why, as one sentence without a full stop.
    public let message: String
    /// What to do next, as a sentence; empty when there is nothing to say.
    public let hint: String

    /// An error.
    public init(_ message: String, hint: String = "") {
        self.message = message
        self.hint = hint
    }

    /// Message and hint.
    public var description: String { hint.isEmpty ? message : "\(message). \(hint)" }
}
