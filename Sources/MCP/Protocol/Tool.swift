public import Basics

/// Something a client may have done.
public struct Tool: Sendable, Equatable {
    /// What a client may expect of a call; hints for people, nothing that protects.
    public struct Annotations: Sendable, Equatable {
        /// It changes nothing.
        public let isReadOnly: Bool
        /// It may lose something.
        public let isDestructive: Bool
        /// Calling it again with the same arguments changes nothing more.
        public let isIdempotent: Bool
        /// It reaches beyond this server, to things that others change too.
        public let isOpenWorld: Bool

        /// Hints, all four of them.
        public init(isReadOnly: Bool, isDestructive: Bool, isIdempotent: Bool, isOpenWorld: Bool) {
            self.isReadOnly = isReadOnly
            self.isDestructive = isDestructive
            self.isIdempotent = isIdempotent
            self.isOpenWorld = isOpenWorld
        }

        var json: JSONValue {
            [
                "readOnlyHint": .bool(isReadOnly), "destructiveHint": .bool(isDestructive),
                "idempotentHint": .bool(isIdempotent), "openWorldHint": .bool(isOpenWorld),
            ]
        }
    }

    /// The name to call it by.
    public let name: String
    /// The name for people.
    public let title: String
    /// What it does, for the model that decides whether to call it.
    public let description: String
    /// JSON Schema (2020-12) of the arguments: an object.
    public let inputSchema: JSONValue
    /// JSON Schema (2020-12) of the structured result; nil where there is none.
    public let outputSchema: JSONValue?
    /// What to expect of a call.
    public let annotations: Annotations?

    /// A tool.
    public init(
        name: String, title: String, description: String, inputSchema: JSONValue, outputSchema: JSONValue?,
        annotations: Annotations?
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
    }

    /// The entry of the list, as a client of that revision may be told.
    public func json(for revision: Revision) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "description": .string(description), "inputSchema": inputSchema,
        ]
        if revision.hasToolAnnotations { members["annotations"] = annotations?.json }
        if revision.hasStructuredResults {
            members["title"] = .string(title)
            members["outputSchema"] = outputSchema
        }
        return .object(members)
    }
}

/// What came out of a tool.
public struct ToolResult: Sendable, Equatable {
    /// What people and models read.
    public let content: [Content]
    /// The same as data, fitting the tool's output schema: an object.
    public let structured: JSONValue?
    /// Whether the work failed; the content then says what to change.
    public let isError: Bool
    /// Further facts for programs, by names with a prefix of their own.
    public let meta: [String: JSONValue]

    /// A result.
    public init(
        _ content: [Content], structured: JSONValue? = nil, isError: Bool = false,
        meta: [String: JSONValue] = [:]
    ) {
        self.content = content
        self.structured = structured
        self.isError = isError
        self.meta = meta
    }

    func json(for revision: Revision) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["content": .array(content.map { $0.json(for: revision) })]
        if isError { members["isError"] = true }
        if !meta.isEmpty { members["_meta"] = .object(meta) }
        if revision.hasStructuredResults { members["structuredContent"] = structured }
        return members
    }
}
