import Basics

/// A piece of what a tool or a prompt says.
public enum Content: Sendable, Equatable {
    case text(String)
    /// Bytes of a picture, as Base64.
    case image(base64: String, mimeType: String)
    /// Bytes of a sound, as Base64.
    case audio(base64: String, mimeType: String)
    /// Names a resource that can be read.
    case link(Resource)
    /// A resource itself.
    case embedded(ResourceContents)

    /// As a client of that revision may be told; what it does not know becomes text.
    func json(for revision: Revision) -> JSONValue {
        switch self {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .image(let base64, let mimeType):
            ["type": "image", "data": .string(base64), "mimeType": .string(mimeType)]
        case .audio(let base64, let mimeType):
            revision.hasAudio
                ? ["type": "audio", "data": .string(base64), "mimeType": .string(mimeType)]
                : ["type": "text", "text": "(a sound, which this client cannot take)"]
        case .link(let resource):
            revision.hasStructuredResults
                ? .object(
                    (resource.json(for: revision).object ?? [:]).merging(["type": "resource_link"]) { $1 })
                : ["type": "text", "text": .string(resource.uri)]
        case .embedded(let contents): ["type": "resource", "resource": contents.json]
        }
    }
}
