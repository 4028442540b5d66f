import Basics
import Operations
import Testing

@testable import MCP
@testable import Service

/// No text before a model names a tool that its connection does not have.
@Suite(.timeLimit(.minutes(5))) struct OfferedWordsTests {
    private static let all = ToolCatalogueTests.all
    private static let operations = allOperations + compatibilityOperations
    private static let names = Set(all.map(\.name))

    private static func named(in text: String) -> Set<String> {
        names.intersection(text.split { !$0.isLetter && $0 != "_" }.map(String.init))
    }

    /// All that a model may be told without calling anything, by where it stands.
    private static func texts(_ catalogue: ToolCatalogue, _ level: AccessLevel) -> [(
        place: String, text: String
    )] {
        var texts = [("instructions", Instructions.text(for: level, catalogue.names))]
        for tool in catalogue.tools {
            texts.append((tool.name, tool.tool.description))
            texts.append(("\(tool.name), arguments", JSONWriter.text(tool.tool.inputSchema)))
        }
        for prompt in ProductPrompts.prompts(catalogue.names) {
            let filled = ProductPrompts.text(
                prompt.name, ["device": "nas1", "what": "all", "host": "zed"], catalogue.names)
            for case .text(let text) in (filled?.messages ?? []).map(\.content) {
                texts.append((prompt.name, text))
            }
        }
        return texts
    }

    @Test(arguments: AccessLevel.allCases, [false, true])
    func `whatever toolsets are chosen, only what is offered is named`(
        _ level: AccessLevel, _ isScoped: Bool
    ) {
        let sets = Toolset.allCases
        for bits in 0..<(1 << sets.count) {
            let chosen = Set(sets.indices.filter { bits >> $0 & 1 == 1 }.map { sets[$0] })
            let offered = ToolCatalogue.offered(
                of: Self.operations, level, chosen, isScoped: isScoped)
            let names = Set(offered.compactMap(\.contract.guidance?.name))
            let catalogue = ToolCatalogue(
                offering: Self.all.filter { names.contains($0.name) }, among: Self.names)
            // Whoever is given a job can learn of its end.
            #expect(
                !catalogue.tools.contains(where: \.isJob)
                    || [catalogue["get_job"], catalogue["cancel_job"]].allSatisfy { $0 != nil })
            for (place, text) in Self.texts(catalogue, level) {
                let missing = Self.named(in: text).subtracting(catalogue.names)
                #expect(missing.isEmpty, "\(place), with \(chosen.map(\.rawValue).sorted())")
            }
            for tool in catalogue.tools {
                #expect(tool.tool.description.hasPrefix(tool.guidance.purpose))
                #expect(tool.tool.description.hasSuffix("."))
            }
        }
    }

    @Test func `where all is offered nothing is taken away`() {
        for tool in ToolCatalogue(offering: Self.all, among: Self.names).tools {
            #expect(tool.tool.description.hasPrefix(tool.guidance.description))
        }
    }

    @Test func `parts of sentences go, and the rest stays whole`() {
        let words = OfferedWords(all: ["a_b", "c_d"], offered: ["c_d"])
        #expect(
            words.only(in: "Does it. Use it; for b use a_b; for d use c_d.")
                == "Does it. Use it; for d use c_d.")
        #expect(words.only(in: "Does it. A_b does, a_b; else use c_d. See a_b.") == "Does it. Else use c_d.")
        #expect(words.only(in: "Does a_bc; and c_d.") == "Does a_bc; and c_d.")
    }

    @Test func `a plan leads to being carried out where that may be called`() throws {
        let plan: JSONValue = ["plan": "p1", "steps": [["number": 1]], "conflicts": []]
        func calls(_ level: AccessLevel, _ plan: JSONValue) throws -> [String] {
            let catalogue = try ToolCatalogueTests.catalogue(level, [.restore])
            let tool = try #require(catalogue["plan_restore"])
            var arguments: [String: JSONValue] = [:]
            let page = try PageRequest(&arguments, of: tool.name)
            let answer = Answer(
                tool: tool, page: page, result: OperationResult(json: plan, display: [], isComplete: true),
                known: catalogue.byName)
            return try answer.json([:])["nextCalls"]?.array?.compactMap { $0["tool"]?.string } ?? []
        }
        #expect(try calls(.propose, plan) == ["get_restore"])
        #expect(try calls(.destroy, plan) == ["get_restore", "apply_restore"])
        #expect(try calls(.destroy, ["plan": "p1", "steps": [["number": 1]], "conflicts": ["no"]]) == [])
        #expect(try calls(.destroy, ["plan": "p1", "steps": [], "conflicts": []]) == [])
    }

    @Test func `callers are told of the toolsets they really have`() {
        func principal(_ toolsets: [String]) -> Principal {
            Principal(actor: "grant:a", level: .read, scope: .all, toolsets: toolsets)
        }
        #expect(principal([]).effective([.core, .backups]) == [.core, .backups])
        #expect(principal(["upkeep", "unknown"]).effective([.core]) == [.upkeep])
    }
}
