import Basics
import Operations
import Testing

@testable import CLI

@Suite struct ResidentCommandTests {
    private struct Input: OperationInput {
        @Field("Where.", placeholder: "PLACE") var place = "here"
        @Field("How often.") var count: Int?
        @Field("For tests.") var secret = false
    }

    private static func command(
        _ run: @escaping @Sendable (Input, ResidentCommand.Call) async throws(OperationError) -> Void
    ) -> ResidentCommand {
        ResidentCommand(["stay"], summary: "Stay", hidden: ["secret"], input: Input.self) {
            (input: Input, call: ResidentCommand.Call) async throws(OperationError) in
            try await run(input, call)
            return nil
        }
    }

    @Test func `it is a command with parameters like any other`() throws {
        let tree = CommandTree([], residents: [Self.command { _, _ in }])
        let entry = try #require(tree.entry(["stay"]))
        #expect(entry.usage == "holdfast stay [options]")
        #expect(entry.options.map(\.optionName) == ["place", "count"])
        #expect(entry.hiddenOptions.map(\.optionName) == ["secret"])
    }

    @Test func `it gets its arguments with their defaults`() async throws {
        let command = Self.command {
            (input: Input, call: ResidentCommand.Call) async throws(OperationError) in
            guard input.place == "here", input.count == 3, call.home == "/h", call.logLevel == .info else {
                throw OperationError(.internalFailure, "other arguments came")
            }
        }
        let call = ResidentCommand.Call(home: "/h", logLevel: .info) {
            (_, _, _) async throws(OperationError) in throw OperationError(.notInitialised, "nothing is here")
        }
        #expect(try await command.body(["count": 3], call) == nil)
        await #expect(throws: OperationError.self) { try await command.body(["count": "three"], call) }
    }
}
