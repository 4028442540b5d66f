import Basics
import Operations
import TestSupport
import Testing

@testable import MCP
@testable import Service

@Suite struct AnswerTests {
    private static let tool = ToolCatalogueTests.all.first { $0.name == "list_devices" }

    private func device(_ number: Int, note: String = "") -> JSONValue {
        [
            "name": .string("d\(number)"), "address": .string("10.0.0.\(number)\(note)"), "tags": ["x"],
            "jumps": [],
            "paths": [], "excludes": [], "added": "2026-01-01T00:00:00Z",
        ]
    }

    private func answer(
        _ devices: [JSONValue], _ given: [String: JSONValue] = [:],
        known: Set<String> = ["get_device", "list_backups"]
    ) throws -> JSONValue {
        let tool = try #require(Self.tool)
        var arguments = given
        let page = try PageRequest(&arguments, of: tool.name)
        let result = OperationResult(
            json: ["devices": .array(devices)], display: [], isComplete: true)
        let json = try Answer(
            tool: tool, page: page, result: result,
            known: ToolCatalogueTests.catalogue(.read).byName.filter { known.contains($0.key) }
        ).json(arguments)
        let schema = try #require(tool.tool.outputSchema)
        #expect(SchemaCheck.findings(json, schema) == [])
        return json
    }

    @Test func `short answers keep what is essential, long ones all`() throws {
        let short = try answer([device(1)])
        #expect(short["devices"]?[0] == ["name": "d1", "address": "10.0.0.1", "tags": ["x"]])
        let long = try answer([device(1)], ["response_format": "detailed"])
        #expect(long["devices"]?[0] == device(1))
    }

    @Test func `next calls are whole, and name only tools of this connection`() throws {
        let calls = try answer([device(1)])["nextCalls"]
        #expect(calls?[0] == ["tool": "get_device", "arguments": ["device": "d1"]])
        #expect(try answer([])["nextCalls"] == [["tool": "list_backups", "arguments": [:]]])
        #expect(try answer([device(1)], known: [])["nextCalls"] == nil)
    }

    @Test func `pages follow each other, also when the list changes in front of them`() throws {
        let all = (0..<10).map { device($0) }
        let first = try answer(all, ["limit": 4])
        let cursor = try #require(first["nextCursor"])
        let second = try answer(all, ["limit": 4, "cursor": cursor])
        #expect(second["devices"]?.array?.compactMap { $0["name"]?.string } == ["d4", "d5", "d6", "d7"])
        let shifted = try answer([device(77)] + all, ["limit": 4, "cursor": cursor])
        #expect(shifted["devices"]?[0]?["name"] == "d4")
        // One that goes meanwhile leaves the place to those before it.
        let fewer = try answer(all.filter { $0["name"] != "d3" }, ["limit": 4, "cursor": cursor])
        #expect(fewer["devices"]?[0]?["name"] == "d4")
        #expect(throws: OperationError.self) { try answer(Array(all.dropFirst(4)), ["cursor": cursor]) }
        #expect(throws: OperationError.self) { try answer(all, ["cursor": cursor, "tag": ["other"]]) }
        let last = try answer(all, ["limit": 200])
        #expect(last["nextCursor"] == nil)
    }

    @Test func `a list of which only so much is read as a page needs is walked to its end`() throws {
        let all = (0..<23).map { device($0) }
        for isMoving in [false, true] {
            var (seen, list): ([String], [JSONValue]) = ([], all)
            var given: [String: JSONValue] = ["limit": 4]
            for number in 0..<20 {
                var arguments = given
                let page = try PageRequest(&arguments, of: "list_devices")
                let tool = try #require(Self.tool)
                var read = page.needed
                while read < 1000, page.isBehind(Array(list.prefix(read)), of: read, key: tool.key) {
                    read *= 8
                }
                let json = try answer(Array(list.prefix(read)), given)
                seen += json["devices"]?.array?.compactMap { $0["name"]?.string } ?? []
                guard let cursor = json["nextCursor"] else { break }
                given["cursor"] = cursor
                if isMoving {
                    list.insert(contentsOf: (0..<6).map { device(100 + 6 * number + $0) }, at: 0)
                }
            }
            #expect(seen == (0..<23).map { "d\($0)" }, "\(isMoving)")
        }
    }

    @Test(
        arguments: [
            ["limit": 0], ["limit": 201], ["limit": "many"], ["response_format": "long"], ["cursor": 5],
            ["cursor": "abc"],
        ] as [[String: JSONValue]]) func `wrong arguments of the page are refused`(
            _ given: [String: JSONValue]
        )
    {
        #expect(throws: OperationError.self) { try answer([device(1)], given) }
    }

    @Test func `a cursor that is none is told apart from one of another call`() throws {
        let cursor = try #require(try answer((0..<10).map { device($0) }, ["limit": 4])["nextCursor"])
        func message(_ given: [String: JSONValue]) -> String {
            do { _ = try answer([device(1)], given) } catch let error as OperationError {
                return error.message
            } catch { return "\(error)" }
            return ""
        }
        #expect(message(["cursor": "abc"]).contains("none that was given out here"))
        #expect(message(["cursor": cursor, "tag": "x"]) == "This cursor belongs to another call")
    }

    @Test(arguments: [[:], ["from_line": 11], ["from_line": 11, "lines": 5000]] as [[String: JSONValue]])
    func `a long text ends with a whole line, and the next call reads on behind it`(
        _ given: [String: JSONValue]
    ) throws {
        let tool = try #require(ToolCatalogueTests.all.first { $0.name == "read_backup_file" })
        let line = String(repeating: "x", count: 99) + "\n"
        var arguments = given.merging(["backup": "b", "path": "/a"]) { $1 }
        let page = try PageRequest(&arguments, of: tool.name)
        let result = OperationResult(
            json: [
                "path": "/a", "text": .string(String(repeating: line, count: 5000)), "size": 500_000,
                "lineCount": 9000, "isRedacted": false,
            ], display: [], isComplete: true)
        let json = try Answer(tool: tool, page: page, result: result, known: [:]).json(arguments)
        let text = try #require(json["text"]?.string)
        #expect(text.hasSuffix(line))
        let count = Int64(text.utf8.count / 100)
        let next = json["nextCalls"]?[0]
        #expect(next?["tool"] == "read_backup_file")
        #expect(next?["arguments"]?["from_line"] == .int((given["from_line"]?.int ?? 1) + count))
        #expect(next?["arguments"]?["lines"] == given["lines"].map { _ in .int(5000 - count) })
        #expect(next?["arguments"]?["path"] == "/a")
    }

    @Test func `what could mislead a reader is written out`() throws {
        let json = try answer([device(1, note: "\u{1B}[31m\u{202E}x\ty\r\n")])
        #expect(json["devices"]?[0]?["address"] == "10.0.0.1\\e[31m\\u{202E}x\ty\r\n")
        let failed = ErrorAnswer(OperationError(.deviceUnknown, "There is no ‘\u{1B}]0;x\u{07}’"), known: [])
        guard case .text(let text)? = failed.result.content.first else {
            Issue.record("no text")
            return
        }
        #expect("\(text)".contains("‘\\e]0;x\\u{7}’"))
    }

    @Test func `an answer that is too large gives fewer entries and says how to go on`() throws {
        let wide = (0..<150).map { device($0, note: String(repeating: "é", count: 400)) }
        let json = try answer(wide, ["limit": 150])
        #expect(JSONWriter.bytes(json).count <= Answer.limit + 512)
        #expect(json["nextCursor"] != nil)
        #expect(json["notes"]?[0]?.string?.contains("narrow") == true)
        let huge = try answer([device(1, note: String(repeating: "x", count: 1 << 20))])
        #expect(JSONWriter.bytes(huge).count <= Answer.limit)
        #expect(huge["notes"]?[0]?.string?.contains("Shortened") == true)
    }

    @Test func `a shortened tree keeps its shape`() {
        let tree: JSONValue = [
            "a": .array((0..<5000).map { .int($0) }), "b": .string(String(repeating: "y", count: 50_000)),
            "c": ["d": true],
        ]
        let short = Shortener(limit: 4000).shorten(tree)
        #expect(JSONWriter.bytes(short).count <= 4000)
        #expect(short["c"] == ["d": true])
        #expect(short["b"]?.string?.hasSuffix("…") == true)
    }
}
