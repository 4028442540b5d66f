public import Basics

/// What a server says of itself.
public struct Implementation: Sendable, Equatable {
    /// The name for programs.
    public let name: String
    /// The name for people.
    public let title: String
    /// The version of the program.
    public let version: String
    /// What it is for, as a sentence.
    public let description: String

    /// A description.
    public init(name: String, title: String, version: String, description: String) {
        self.name = name
        self.title = title
        self.version = version
        self.description = description
    }

    /// As a client of that revision may be told.
    func json(for revision: Revision) -> JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "version": .string(version)]
        if revision.hasStructuredResults { members["title"] = .string(title) }
        if revision.hasServerDescription { members["description"] = .string(description) }
        return .object(members)
    }
}

/// What a client says of itself; for people and records only, as anybody can say anything.
public struct ClientFacts: Sendable, Equatable {
    /// Its name; empty when it gave none.
    public let name: String
    /// Its version; empty when it gave none.
    public let version: String
    /// What it declared it can do.
    public let capabilities: [String: JSONValue]

    /// Takes a client's own words, cut to a length that records can bear.
    public init(information: JSONValue?, capabilities: [String: JSONValue]) {
        name = String((information?["name"]?.string ?? "").prefix(64))
        version = String((information?["version"]?.string ?? "").prefix(32))
        self.capabilities = capabilities
    }

    /// Whether it can be asked to ask its user in that way: `form` or `url`.
    public func canElicit(_ mode: String) -> Bool {
        guard let elicitation = capabilities["elicitation"]?.object else { return false }
        // An empty declaration is the older one, which means forms.
        return elicitation[mode] != nil || (mode == "form" && elicitation["url"] == nil)
    }

    /// Whether it declared the extension.
    public func has(extension name: String) -> Bool { capabilities["extensions"]?[name] != nil }
}
