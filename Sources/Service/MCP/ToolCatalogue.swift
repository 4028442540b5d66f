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
            guard Self.offers(operation.contract, level, toolsets, isScoped: isScoped),
                let tool = try OperationTool(operation)
            else { continue }
            tools.append(tool)
        }
        self.init(offering: tools, among: Set(operations.compactMap(\.contract.guidance?.name)))
    }

    /// - Parameter names: those of all tools there are.
    init(offering tools: [OperationTool], among names: Set<String>) {
        let words = OfferedWords(all: names, offered: Set(tools.map(\.name)))
        self.tools = tools.map { $0.naming(words) }.sorted { $0.name < $1.name }
        byName = Dictionary(self.tools.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Whether a connection has the operation as a tool.
    static func offers(
        _ contract: Contract, _ level: AccessLevel, _ toolsets: Set<Toolset>, isScoped: Bool
    ) -> Bool {
        guard let guidance = contract.guidance else { return false }
        return toolsets.contains(guidance.toolset) && level.allows(contract.effect)
            && (!isScoped || contract.reach != .everything)
    }

    /// The tool of that name; nil where this connection has none.
    package subscript(name: String) -> OperationTool? { byName[name] }

    /// The names of all of them.
    package var names: Set<String> { Set(byName.keys) }
}
