/// The method of a request, spelled as it travels: case matters.
///
/// - SeeAlso: RFC 9110, section 9
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    /// The word, for example `GET`.
    public let name: String

    /// Any method; whether it is one that a resource has is for its route to say.
    public init(_ name: String) { self.name = name }

    /// Removes what is addressed.
    public static let delete = HTTPMethod("DELETE")
    /// Reads.
    public static let get = HTTPMethod("GET")
    /// Reads the head alone.
    public static let head = HTTPMethod("HEAD")
    /// Asks what is possible.
    public static let options = HTTPMethod("OPTIONS")
    /// Changes a part.
    public static let patch = HTTPMethod("PATCH")
    /// Hands something in.
    public static let post = HTTPMethod("POST")
    /// Replaces.
    public static let put = HTTPMethod("PUT")

    /// The word.
    public var description: String { name }
}
