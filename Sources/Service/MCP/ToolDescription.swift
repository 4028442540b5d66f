package import Basics
import MCP
package import Operations

/// The tools of a connection, and what they cost a model that is told of them.
package struct ToolDescription: Sendable {
    /// One tool.
    struct Line: Sendable {
        let name: String
        /// What it does, as a sentence.
        let purpose: String
        let toolset: Toolset
        let effect: Effect
        /// Name, description and input schema: what hosts put before a model.
        let tokens: Int
        /// The whole entry of the list.
        let entryTokens: Int
    }

    let lines: [Line]

    /// What `tools/list` costs with everything in it.
    var total: Int { lines.map(\.entryTokens).reduce(0, +) }

    /// What a model is told.
    var shown: Int { lines.map(\.tokens).reduce(0, +) }

    package init(_ catalogue: ToolCatalogue) {
        lines = catalogue.tools.map { tool in
            let entry = tool.tool.json(for: .july2026)
            let shown: JSONValue = [
                "name": .string(tool.name), "description": .string(tool.tool.description),
                "inputSchema": tool.tool.inputSchema,
            ]
            return Line(
                name: tool.name, purpose: tool.guidance.purpose, toolset: tool.toolset, effect: tool.effect,
                tokens: TokenEstimate.tokens(in: JSONWriter.text(shown)),
                entryTokens: TokenEstimate.tokens(in: JSONWriter.text(entry)))
        }
    }

    /// The same as data.
    package var json: JSONValue {
        [
            "tools": .array(
                lines.map { line in
                    [
                        "name": .string(line.name), "purpose": .string(line.purpose),
                        "toolset": .string(line.toolset.rawValue),
                        "effect": .string(line.effect.rawValue), "tokens": .int(Int64(line.tokens)),
                        "entryTokens": .int(Int64(line.entryTokens)),
                    ]
                }),
            "tokens": .int(Int64(shown)), "entryTokens": .int(Int64(total)),
        ]
    }

    /// The same for people.
    package var display: [DisplayBlock] {
        let rows = lines.map { line in
            [
                Cell(line.name), Cell(line.toolset.rawValue, .dim), Cell(line.effect.rawValue, .dim),
                Cell(String(line.tokens)), Cell(String(line.entryTokens)),
            ]
        }
        let columns = [
            Column("TOOL", isWhole: true), "TOOLSET", "EFFECT", Column("TOKENS", isNumeric: true),
            Column("WITH OUTPUT SCHEMA", isNumeric: true),
        ]
        return [
            .table(columns: columns, rows: rows, empty: "This connection has no tools."),
            .lines([
                Cell(
                    "\(lines.count.counted("tool")): about \(shown) tokens before a model, \(total) in the whole list."
                )
            ]),
        ]
    }
}
