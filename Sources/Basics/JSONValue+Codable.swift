/// A tree as a member of a `Codable` type: kept as it is by `JSONValueEncoder` and `JSONValueDecoder`, the only coders
/// of this program.
extension JSONValue: Codable {
    /// Takes the tree as it is.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONTreeDecoder else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a JSON tree in another format"))
        }
        self = decoder.value
    }

    /// Hands the tree on as it is.
    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? JSONTreeEncoder else {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "a JSON tree in another format")
            )
        }
        encoder.node.content = .leaf(self)
    }
}
