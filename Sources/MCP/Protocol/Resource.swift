import Basics

/// Something that can be read by its address.
public struct Resource: Sendable, Equatable {
    /// The address.
    public let uri: String
    /// The name for programs.
    public let name: String
    /// The name for people.
    public let title: String
    /// What it holds, as a sentence.
    public let description: String
    /// The form of its contents.
    public let mimeType: String

    /// A resource.
    public init(uri: String, name: String, title: String, description: String, mimeType: String) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }

    func json(for revision: Revision) -> JSONValue {
        var members: [String: JSONValue] = [
            "uri": .string(uri), "name": .string(name), "description": .string(description),
            "mimeType": .string(mimeType),
        ]
        if revision.hasStructuredResults { members["title"] = .string(title) }
        return .object(members)
    }
}

/// A family of resources whose addresses have one form.
public struct ResourceTemplate: Sendable, Equatable {
    /// The form of the addresses, as RFC 6570 writes it, with plain variables only.
    public let uriTemplate: String
    /// The name for programs.
    public let name: String
    /// The name for people.
    public let title: String
    /// What they hold, as a sentence.
    public let description: String
    /// The form of their contents.
    public let mimeType: String

    /// A family of resources.
    public init(uriTemplate: String, name: String, title: String, description: String, mimeType: String) {
        self.uriTemplate = uriTemplate
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }

    func json(for revision: Revision) -> JSONValue {
        var members: [String: JSONValue] = [
            "uriTemplate": .string(uriTemplate), "name": .string(name), "description": .string(description),
            "mimeType": .string(mimeType),
        ]
        if revision.hasStructuredResults { members["title"] = .string(title) }
        return .object(members)
    }
}

/// What a resource holds.
public struct ResourceContents: Sendable, Equatable {
    /// Text, or bytes as Base64.
    public enum Body: Sendable, Equatable {
        case text(String)
        case base64(String)
    }

    /// The address of what this is.
    public let uri: String
    /// The form of the body.
    public let mimeType: String
    /// The contents themselves.
    public let body: Body

    /// Contents.
    public init(uri: String, mimeType: String, _ body: Body) {
        self.uri = uri
        self.mimeType = mimeType
        self.body = body
    }

    var json: JSONValue {
        switch body {
        case .text(let text):
            ["uri": .string(uri), "mimeType": .string(mimeType), "text": .string(text)]
        case .base64(let base64):
            ["uri": .string(uri), "mimeType": .string(mimeType), "blob": .string(base64)]
        }
    }
}
