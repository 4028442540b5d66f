/// How large a request may be.
public struct HTTPLimits: Sendable, Equatable {
    /// The longest head in bytes: request line and fields together.
    public var head = 16_384
    /// The most header fields.
    public var fields = 100
    /// The longest target in bytes.
    public var target = 8192
    /// The longest body in bytes, whatever form it travels in.
    public var body = 4 << 20

    /// The usual limits.
    public init() {}
}
