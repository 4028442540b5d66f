import HostConfig

/// The name of a program that starts MCP servers, as a field.
package struct HostID: FieldValue, Equatable {
    package static let kind = FieldKind.choice(allHosts.map(\.id))

    /// The row of the table.
    let host: AssistantHost

    init(_ host: AssistantHost) { self.host = host }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let id = try container.decode(String.self)
        guard let host = AssistantHost.named(id) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "it is one of: \(allHosts.map(\.id).joined(separator: ", "))"
            )
        }
        self.host = host
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(host.id)
    }

    package static func == (left: HostID, right: HostID) -> Bool { left.host.id == right.host.id }
}
