import Basics
import Operations
import TestSupport
import Testing

@testable import MCP
@testable import Service

/// The rules that hold for all tools, read over the registry.
@Suite struct ToolCatalogueTests {
    static func catalogue(
        _ level: AccessLevel, _ toolsets: Set<Toolset> = Set(Toolset.allCases)
    ) throws -> ToolCatalogue {
        try ToolCatalogue(allOperations + compatibilityOperations, level: level, toolsets: toolsets)
    }

    static let all = (try? catalogue(.destroy).tools) ?? []

    @Test func `names are sorted, unique, and a verb and a noun`() {
        let names = Self.all.map(\.name)
        #expect(!names.isEmpty)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.count <= 40)
            #expect(name.split(separator: "_").count >= 2, "\(name)")
            #expect(name.allSatisfy { $0.isLowercase || $0 == "_" }, "\(name)")
        }
    }

    @Test func `a level shows what it allows and nothing else`() throws {
        for level in AccessLevel.allCases {
            let tools = try Self.catalogue(level).tools
            #expect(tools.allSatisfy { level.allows($0.effect) })
            #expect(tools.count == Self.all.filter { level.allows($0.effect) }.count)
        }
        #expect(try Self.catalogue(.read).tools.allSatisfy { $0.effect == .reads })
    }

    @Test func `tools under other systems' names are given only where they are asked for`() throws {
        let usual = try Self.catalogue(.destroy, try Toolset.named(Toolset.usual))
        let asked = try Self.catalogue(.destroy, [.compat])
        let own: Set = ["create_infrastructure_backup", "rollback_infrastructure_changes", "server_backup"]
        #expect(usual.names.isDisjoint(with: own))
        #expect(asked.names == own.union(["get_job"]))
        #expect(Set(allOperations.compactMap(\.contract.guidance?.name)).isDisjoint(with: own))
        func fields(_ tool: String) -> [String] { asked[tool]?.fields.map(\.name) ?? [] }
        #expect(
            fields("create_infrastructure_backup") == [
                "backup_scope", "device_ids", "include_data", "backup_name",
            ])
        #expect(
            fields("rollback_infrastructure_changes")
                == ["backup_id", "rollback_scope", "device_ids", "validate_only"])
        #expect(fields("server_backup") == ["action", "server", "backupId", "snapshotId"])
        #expect(try Self.catalogue(.read, [.compat]).names.isEmpty)
        #expect(try Self.catalogue(.propose, [.compat]).names == ["rollback_infrastructure_changes"])
    }

    @Test func `whatever only looks is a tool, unless it is named here`() {
        let withheld = allOperations.filter { $0.contract.effect == .reads && $0.contract.guidance == nil }
        #expect(withheld.map { $0.contract.command.joined(separator: " ") } == ["token list"])
    }

    @Test func `what may lose something needs a person's approval in the operation itself`() {
        let destroying = Self.all.filter { $0.effect == .destroys }
        #expect(!destroying.isEmpty)
        for tool in destroying {
            #expect(tool.operation.contract.errors.contains(.approvalMissing), "\(tool.name)")
        }
    }

    @Test func `nothing that approves, or shows or takes keys, is a tool`() {
        for command in [
            ["approve"], ["approval", "revoke"], ["key", "show"], ["key", "restore"], ["init"],
            ["policy", "adopt"], ["policy", "revoke"], ["token", "create"], ["token", "list"],
            ["token", "revoke"],
        ] {
            let operation = allOperations.first { $0.contract.command == command }
            #expect(operation != nil)
            #expect(operation?.contract.guidance == nil, "\(command)")
        }
    }

    @Test(arguments: all) func `annotations are what the effect says`(_ tool: OperationTool) throws {
        let annotations = try #require(tool.tool.annotations)
        #expect(annotations.isReadOnly == (tool.effect == .reads))
        #expect(annotations.isDestructive == (tool.effect == .destroys))
        #expect(annotations.isOpenWorld == tool.guidance.reachesDevices)
    }

    /// The rubric's six questions: what, with which effects, when and when not, what of the arguments, what comes back;
    /// and no word too many.
    @Test(arguments: all) func `a description answers the six questions`(_ tool: OperationTool) {
        let guidance = tool.guidance
        let names = Set(Self.all.map(\.name))
        for text in [guidance.purpose, guidance.behaviour, guidance.use, guidance.returns] {
            #expect(text.count >= 10 && text.hasSuffix("."), "\(tool.name): ‘\(text)’")
        }
        let words = Set(
            guidance.use.split { !$0.isLetter && $0 != "_" }.map(String.init))
        #expect(
            !words.intersection(names.subtracting([tool.name])).isEmpty,
            "\(tool.name) names no other tool to use instead")
        #expect(
            words.filter { $0.contains("_") }.allSatisfy {
                names.contains($0) || tool.fieldNames.contains($0)
            })
        #expect(guidance.use.hasPrefix("Use it"))
        #expect(guidance.returns.hasPrefix("Returns"))
        #expect(
            !guidance.purpose.lowercased().hasPrefix(
                tool.name.split(separator: "_").joined(separator: " ") + "."))
        #expect(
            (200...900).contains(guidance.description.count), "\(tool.name): \(guidance.description.count)")
        #expect(guidance.title.count <= 40)
    }

    @Test(arguments: all) func `each parameter is explained, typed and bounded where it counts`(
        _ tool: OperationTool
    ) throws {
        let schema = tool.tool.inputSchema
        #expect(schema["additionalProperties"] == false)
        let properties = try #require(schema["properties"]?.object)
        for (name, property) in properties {
            let help = property["description"]?.string ?? ""
            #expect(help.count >= 8, "\(tool.name).\(name) is not explained")
            #expect(!help.contains("--"), "\(tool.name).\(name) speaks of the command line: \(help)")
            #expect(property["type"] != nil)
            #expect(!help.lowercased().hasPrefix(name + "."))
        }
        for name in schema["required"]?.array ?? [] { #expect(properties[name.string ?? ""] != nil) }
    }

    @Test(arguments: all) func `next calls name tools and fit their arguments`(_ tool: OperationTool) throws {
        for next in tool.guidance.next {
            let target = try #require(Self.all.first { $0.name == next.name }, "\(tool.name) → \(next.name)")
            for name in target.tool.inputSchema["required"]?.array ?? [] {
                #expect(next.arguments[name.string ?? ""] != nil, "\(tool.name) → \(next.name) lacks \(name)")
            }
            for name in next.arguments.keys {
                #expect(target.tool.inputSchema["properties"]?[name] != nil, "\(next.name) takes no \(name)")
            }
        }
    }

    @Test(arguments: all) func `withheld fields and essentials exist`(_ tool: OperationTool) {
        let fields = Set(tool.operation.fields.map(\.name))
        #expect(
            tool.guidance.withheld.isSubset(of: fields),
            "\(tool.name): \(tool.guidance.withheld.subtracting(fields))")
        guard let list = tool.list, !tool.guidance.essentials.isEmpty,
            case .list(let element)? = tool.shape.members.first(where: { $0.name == list })?.shape
        else { return }
        let known = element.members.map(\.name)
        #expect(known.contains(tool.guidance.essentials[0]), "\(tool.name): \(known)")
    }

    @Test func `every operation tells its output`() throws {
        for operation in allOperations { #expect(throws: Never.self) { try operation.outputShape() } }
        for tool in Self.all { #expect(tool.tool.outputSchema?["type"] == "object") }
    }

    @Test func `the tools stay within the tokens that were promised`() throws {
        #expect(ToolDescription(try Self.catalogue(.read, [.core])).total < 3000)
        let usual = try MCPOptions().chosenToolsets()
        #expect(ToolDescription(try Self.catalogue(.read, usual)).total < 6000)
        #expect(Instructions.text(for: .destroy, Set(Self.all.map(\.name))).utf8.count < 2048)
    }

    @Test func `the list of tools is as recorded`() throws {
        let entries = Self.all.map { $0.tool.json(for: .july2026) }
        let text = JSONWriter.text(.array(entries), isPretty: true)
        let mismatch = Golden.mismatch(text + "\n", "tools.json")
        #expect(mismatch == nil, "\(mismatch ?? "")")
    }
}

extension OperationTool: CustomTestStringConvertible {
    package var testDescription: String { name }

    fileprivate var fieldNames: Set<String> { Set(operation.fields.map(\.name)) }
}
