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
        for operation in Self.offered(of: operations, level, toolsets, isScoped: isScoped) {
            if let tool = try OperationTool(operation) { tools.append(tool) }
        }
        self.init(offering: tools, among: Set(operations.compactMap(\.contract.guidance?.name)))
    }

    /// - Parameter names: those of all tools there are.
    init(offering tools: [OperationTool], among names: Set<String>) {
        let words = OfferedWords(all: names, offered: Set(tools.map(\.name)))
        self.tools = tools.map { $0.naming(words) }.sorted { $0.name < $1.name }
        byName = Dictionary(self.tools.map { ($0.name, $0) }) { first, _ in first }
    }

    /// What a connection has of the operations: those of its toolsets, and where one of these begins jobs also what follows
    /// a job to its end, and what ends it.
    static func offered(
        of operations: [AnyOperation], _ level: AccessLevel, _ toolsets: Set<Toolset>, isScoped: Bool
    ) -> [AnyOperation] {
        func isAllowed(_ contract: Contract) -> Bool {
            level.allows(contract.effect) && (!isScoped || contract.reach != .everything)
        }
        func isChosen(_ contract: Contract) -> Bool {
            contract.guidance.map { toolsets.contains($0.toolset) } == true && isAllowed(contract)
        }
        let chosen = operations.map(\.contract).filter(isChosen)
        let beginsJobs = chosen.contains(where: \.isLong)
        let meetsJobs =
            beginsJobs
            || chosen.contains { $0.guidance?.next.contains { $0.name == Answer.follower } == true }
        var further: Set<String> = meetsJobs ? [Answer.follower] : []
        // A job that nothing else ends would go on after the connection.
        if beginsJobs { further.insert(Answer.ender) }
        return operations.filter { operation in
            isChosen(operation.contract)
                || operation.contract.guidance.map { further.contains($0.name) } == true
                    && isAllowed(operation.contract)
        }
    }

    /// The tool of that name; nil where this connection has none.
    package subscript(name: String) -> OperationTool? { byName[name] }

    /// The names of all of them by what does the same at a terminal, without the program's own name.
    var commands: [String: String] {
        Dictionary(tools.map { ($0.operation.contract.command.joined(separator: " "), $0.name) }) {
            first, _ in first
        }
    }

    /// The names of all of them.
    package var names: Set<String> { Set(byName.keys) }
}
