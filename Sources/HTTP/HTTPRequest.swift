/// The first part of a request: everything but its body.
public struct HTTPRequestHead: Sendable, Equatable {
    /// What is to be done.
    public let method: HTTPMethod
    /// What it is to be done to.
    public let target: HTTPTarget
    /// The header fields.
    public let fields: HTTPFields
    /// 0 or 1: the number behind `HTTP/1.`.
    public let minorVersion: Int

    /// A head, with the fields of a client that speaks HTTP/1.1.
    public init(
        _ method: HTTPMethod, _ target: HTTPTarget, _ fields: HTTPFields = .init(), minorVersion: Int = 1
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.minorVersion = minorVersion
    }

    /// Whether the client lets the connection be used again.
    public var keepsAlive: Bool {
        minorVersion >= 1 && !fields.members(of: "connection").contains { $0.lowercased() == "close" }
    }

    /// Whether the client waits for a word before it sends the body.
    public var expectsContinue: Bool { minorVersion >= 1 && fields["expect"]?.lowercased() == "100-continue" }
}

/// One request, whole.
public struct HTTPRequest: Sendable, Equatable {
    /// Everything but the body.
    public let head: HTTPRequestHead
    /// The body, freed of the form it travelled in.
    public let body: [UInt8]
    /// Who sent it.
    public let peer: HTTPPeer

    /// A request.
    public init(_ head: HTTPRequestHead, body: [UInt8] = [], peer: HTTPPeer) {
        self.head = head
        self.body = body
        self.peer = peer
    }

    /// What is to be done.
    public var method: HTTPMethod { head.method }
    /// What it is to be done to.
    public var target: HTTPTarget { head.target }
    /// The header fields.
    public var fields: HTTPFields { head.fields }
}
