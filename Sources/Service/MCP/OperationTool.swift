package import Basics
package import MCP
package import Operations

/// One operation as a tool: its contract, fields and output in the words of the protocol.
package struct OperationTool: Sendable {
    package let operation: AnyOperation
    let guidance: Guidance
    let shape: JSONShape
    /// The member of the output that is a list of records, which answers page and shorten; nil where there is none.
    let list: String?
    package private(set) var tool: Tool

    /// Nil for an operation that is for people only.
    /// - Throws: where the output's shape cannot be told.
    package init?(_ operation: AnyOperation) throws(JSONShapeError) {
        guard let guidance = operation.contract.guidance else { return nil }
        self.operation = operation
        self.guidance = guidance
        shape = operation.contract.isLong ? try AnyOperation.jobShape() : try operation.outputShape()
        let list = Self.list(of: shape)
        self.list = list
        tool = Tool(
            name: guidance.name, title: guidance.title,
            description: guidance.description
                + (operation.contract.isLong
                    ? " Runs as a job: returns it at once; see get_job for its end." : ""),
            inputSchema: Self.inputSchema(operation, guidance, hasList: list != nil),
            outputSchema: Self.outputSchema(shape, guidance, list: list),
            annotations: Self.annotations(operation.contract.effect, guidance))
    }

    /// The same, told without tools that the connection does not have.
    func naming(_ words: OfferedWords) -> OperationTool {
        var copy = self
        copy.tool = Tool(
            name: tool.name, title: tool.title, description: words.only(in: tool.description),
            inputSchema: tool.inputSchema, outputSchema: tool.outputSchema, annotations: tool.annotations)
        return copy
    }

    package var name: String { guidance.name }
    package var toolset: Toolset { guidance.toolset }
    package var effect: Effect { operation.contract.effect }

    /// Whether it takes long, and so answers with a job instead of making its caller wait.
    var isJob: Bool { operation.contract.isLong }
    /// The fields that an assistant may not give.
    var withheld: Set<String> { Self.withheld(operation, guidance) }
    /// The fields that an assistant may give.
    var fields: [OperationField] { operation.fields.filter { !withheld.contains($0.name) } }

    private static func withheld(_ operation: AnyOperation, _ guidance: Guidance) -> Set<String> {
        guidance.withheld.union(operation.contract.isLong ? [AnyOperation.backgroundName] : [])
    }

    /// What names an entry of the list.
    func key(_ element: JSONValue) -> String {
        guard let name = guidance.essentials.first, let value = element[name] else {
            return JSONWriter.text(element)
        }
        return value.string ?? JSONWriter.text(value)
    }

    /// What a list is of where the arguments say only that it is of the latest: the answer names it.
    func source(_ members: [String: JSONValue], _ arguments: [String: JSONValue]) -> String {
        arguments.keys.sorted().lazy.filter { arguments[$0]?.string?.hasPrefix("latest") == true }
            .compactMap { members[$0]?.string }.first ?? ""
    }

    /// Whether the argument of that name is a list.
    func takesList(_ name: String) -> Bool {
        guard case .list? = fields.first(where: { $0.name == name })?.description.kind else { return false }
        return true
    }

    /// The first list of records, unless the output has several that mean the same to its reader.
    private static func list(of shape: JSONShape) -> String? {
        shape.members.last { member in
            guard case .list(.record) = member.shape else { return false }
            return true
        }?.name
    }

    private static func annotations(_ effect: Effect, _ guidance: Guidance) -> Tool.Annotations {
        Tool.Annotations(
            isReadOnly: effect == .reads, isDestructive: effect == .destroys,
            isIdempotent: guidance.isIdempotent, isOpenWorld: guidance.reachesDevices)
    }
}

// MARK: - Schemas

extension OperationTool {
    /// The arguments that this surface adds to those of the operation.
    enum Argument {
        static let cursor = "cursor"
        static let format = "response_format"
        static let limit = "limit"
        static let usualLimit = 25
        static let largestLimit = 200
    }

    private static func inputSchema(
        _ operation: AnyOperation, _ guidance: Guidance, hasList: Bool
    ) -> JSONValue {
        let fields = operation.fields.filter { !withheld(operation, guidance).contains($0.name) }
        var properties = fields.map { ($0.name, JSONSchema.schema(of: $0)) }
        if hasList {
            properties.removeAll { $0.0 == Argument.limit }
            properties.append(
                (
                    Argument.limit,
                    [
                        "type": "integer", "minimum": 1, "maximum": .int(Int64(Argument.largestLimit)),
                        "default": .int(Int64(Argument.usualLimit)), "description": "Entries per page.",
                    ]
                ))
            if !guidance.isOnePage {
                properties.append(
                    (Argument.cursor, ["type": "string", "description": "‘nextCursor’ of the page before."]))
            }
            properties.append(
                (
                    Argument.format,
                    [
                        "type": "string", "enum": ["concise", "detailed"],
                        "description": "‘concise’ unless given.",
                    ]
                ))
        }
        let required = fields.filter(\.description.isRequired).map(\.name)
        return JSONSchema.object(properties, required: required, isClosed: true)
    }

    /// The schema of all answers: short and long ones, whole and cut ones.
    ///
    /// It is open: notes and next calls, which every answer may have, are told once, in the instructions.
    private static func outputSchema(_ shape: JSONShape, _ guidance: Guidance, list: String?) -> JSONValue {
        // Warnings are told among the notes.
        let members = shape.members.filter { $0.name != Answer.Member.warnings }
        var properties: [(String, JSONValue)] = members.map { member in
            guard member.name == list, case .list(.record(let members)) = member.shape,
                !guidance.essentials.isEmpty
            else { return (member.name, JSONSchema.schema(of: member.shape)) }
            let always = members.filter { !$0.isOptional && guidance.essentials.contains($0.name) }
            let element = JSONSchema.object(
                members.map { ($0.name, JSONSchema.schema(of: $0.shape, depth: 1)) },
                required: always.map(\.name))
            return (member.name, ["type": "array", "items": element])
        }
        if list != nil, !guidance.isOnePage { properties.append((Answer.Member.cursor, ["type": "string"])) }
        return JSONSchema.object(
            properties, required: members.filter { !$0.isOptional }.map(\.name))
    }
}
