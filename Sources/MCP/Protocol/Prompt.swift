import Basics

/// A text that a person picks to begin a piece of work with.
public struct Prompt: Sendable, Equatable {
    /// A blank that is filled in.
    public struct Argument: Sendable, Equatable {
        /// The name for programs.
        public let name: String
        /// What goes there, as a sentence.
        public let description: String
        /// Whether it must be given.
        public let isRequired: Bool

        /// A blank.
        public init(_ name: String, _ description: String, isRequired: Bool) {
            self.name = name
            self.description = description
            self.isRequired = isRequired
        }
    }

    /// The name to get it by.
    public let name: String
    /// The name for people.
    public let title: String
    /// What it begins, as a sentence.
    public let description: String
    /// What is filled in.
    public let arguments: [Argument]

    /// A prompt.
    public init(name: String, title: String, description: String, arguments: [Argument]) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
    }

    func json(for revision: Revision) -> JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "description": .string(description)]
        if revision.hasStructuredResults { members["title"] = .string(title) }
        if !arguments.isEmpty {
            members["arguments"] = .array(
                arguments.map {
                    [
                        "name": .string($0.name), "description": .string($0.description),
                        "required": .bool($0.isRequired),
                    ]
                })
        }
        return .object(members)
    }
}

/// A prompt that was filled in.
public struct PromptResult: Sendable, Equatable {
    /// One thing said.
    public struct Message: Sendable, Equatable {
        /// Who says it.
        public enum Role: String, Sendable {
            case user
            case assistant
        }

        /// Who says it.
        public let role: Role
        /// What is said.
        public let content: Content

        /// Something said.
        public init(_ role: Role, _ content: Content) {
            self.role = role
            self.content = content
        }
    }

    /// What it begins, as a sentence.
    public let description: String
    /// The conversation so far.
    public let messages: [Message]

    /// A prompt.
    public init(description: String, messages: [Message]) {
        self.description = description
        self.messages = messages
    }

    func json(for revision: Revision) -> [String: JSONValue] {
        let said = messages.map { message -> JSONValue in
            ["role": .string(message.role.rawValue), "content": message.content.json(for: revision)]
        }
        return ["description": .string(description), "messages": .array(said)]
    }
}
