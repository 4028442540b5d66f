import Basics
import Operations
import TestSupport
import Testing

@Suite struct OwnPathRefusalTests {
    @Test(
        arguments: [
            (["path": ["/run"]], "What lies in /run exists only while the machine runs"),
            (
                ["path": ["/srv"], "skip": ["paths"]],
                "--path names files for the section that --skip paths leaves out"
            ),
        ] as [([String: JSONValue], String)])
    func `own paths of which nothing would be kept are refused`(arguments: [String: JSONValue], words: String)
        async throws
    {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            try await services.call("backup create", arguments.merging(["device": ["local"]]) { $1 })
        }
        #expect(error?.code == .argumentInvalid && error?.message == words)
    }
}
