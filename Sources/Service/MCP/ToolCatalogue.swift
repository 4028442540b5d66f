package import Basics
import MCP
package import Operations

/// The tools of one connection: what its level allows, of the toolsets it asked for.
package struct ToolCatalogue: Sendable {
    /// Sorted by name.
    package let tools: [OperationTool]
    /// The same by name.
    package let byName: [String: OperationTool]

    /// - Parameter isScoped: whether the caller may use only some devices; what can reach all is then left out.
    /// - Throws: where an operation's output cannot be told.
    package init(
        _ operations: [AnyOperation], level: AccessLevel, toolsets: Set<Toolset>, isScoped: Bool = false
    ) throws(JSONShapeError) {
        var tools: [OperationTool] = []
        for operation in operations {
            guard let guidance = operation.contract.guidance, toolsets.contains(guidance.toolset),
                level.allows(operation.contract.effect),
                !isScoped || operation.contract.reach != .everything, let tool = try OperationTool(operation)
            else { continue }
            tools.append(tool)
        }
        self.tools = tools.sorted { $0.name < $1.name }
        byName = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The tool of that name; nil where this connection has none.
    package subscript(name: String) -> OperationTool? { byName[name] }

    /// The names of all of them.
    package var names: Set<String> { Set(byName.keys) }
}
