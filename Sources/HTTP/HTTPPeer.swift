/// Who is at the other end of a connection, as far as the connection itself tells.
public struct HTTPPeer: Sendable, Equatable {
    /// The numeric address, for example `192.0.2.7` or `2001:db8::7`; empty on a Unix socket.
    public let address: String
    /// The user id of the process at the other end of a Unix socket; nil on others.
    public let user: UInt32?
    /// Whether the connection is encrypted.
    public let isEncrypted: Bool

    /// A peer.
    public init(address: String, user: UInt32? = nil, isEncrypted: Bool = false) {
        self.address = address
        self.user = user
        self.isEncrypted = isEncrypted
    }

    /// Whether the peer is on this very machine.
    public var isLocal: Bool {
        address.isEmpty || address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }
}
