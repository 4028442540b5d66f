import Basics
import Glibc
import MCP
import TestSupport
import Testing

/// The transport over real pipes, with a server in this process.
@Suite(.timeLimit(.minutes(5))) struct StdioTransportTests {
    /// Serves `input`, then the end of the input, and gives the lines that came back.
    private func lines(
        _ input: [UInt8], limits: StdioTransport.Limits = .init()
    ) async throws -> [JSONValue] {
        let folder = try ScratchFolder()
        let (from, to) = (folder.path + "/in", folder.path + "/out")
        try TestFiles.write(input, to: from)
        try TestFiles.write([], to: to)
        let reading = unsafe open(from, O_RDONLY)
        let writing = unsafe open(to, O_WRONLY)
        defer {
            close(reading)
            close(writing)
        }
        let server = Server(
            information: Implementation(name: "s", title: "S", version: "1", description: "S."),
            instructions: "", content: SampleContent(), sealer: SampleSealer())
        await StdioTransport(input: reading, output: writing, limits: limits).serve(server)
        let output = TestFiles.bytes(at: to) ?? []
        return try output.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }

    private func request(_ id: Int, _ method: String, _ more: String = "") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)"\#(more)}"# + "\n"
    }

    @Test func `every request before the end is answered, each on a line of its own`() async throws {
        let begin = request(0, "initialize", #","params":{"protocolVersion":"2025-11-25","capabilities":{}}"#)
        let calls = (1...300).map {
            request($0, "tools/call", #","params":{"name":"add","arguments":{"a":\#($0)}}"#)
        }
        var limits = StdioTransport.Limits()
        limits.grace = .seconds(60)
        let answers = try await lines(Array((begin + calls.joined()).utf8), limits: limits)
        #expect(answers.count == 301)
        for answer in answers.dropFirst() {
            let sum = answer["result"]?["structuredContent"]?["sum"]?.int
            #expect(sum == answer["id"]?.int)
        }
    }

    @Test func `a message that is too long is refused with its id, and the next one is read`() async throws {
        var limits = StdioTransport.Limits()
        limits.message = 1000
        let long = request(5, "ping", #","params":{"x":"\#(String(repeating: "a", count: 2000))"}"#)
        let answers = try await lines(Array((long + request(6, "ping")).utf8), limits: limits)
        #expect(answers.map { $0["id"] } == [5, 6])
        #expect(answers[0]["error"]?["message"]?.string?.contains("1000") == true)
    }

    @Test func `work that does not end is left at the end of the input`() async throws {
        let begin = request(0, "initialize", #","params":{"protocolVersion":"2025-11-25","capabilities":{}}"#)
        let wait = request(1, "tools/call", #","params":{"name":"wait"}"#)
        let answers = try await lines(Array((begin + wait).utf8))
        #expect(answers.count == 1)
    }
}
