import Basics
import TestSupport
import Testing

extension Integration {
    /// The bundle for assistants' programs, taken apart as they do.
    @Suite("Bundle", .timeLimit(.minutes(5)))
    struct BundleTests {
        @Test func `a bundle holds a manifest in order and a server that starts`() async throws {
            let home = try await HoldfastHome.initialised()
            let program = try #require(HoldfastHome.program)
            let folder = home.scratch.path
            let tests = TestFiles.folder(of: #filePath)
            let output = try await BlockingCall.run {
                try Shell.output(
                    "HOLDFAST_BINARY='\(program)' '\(tests)/../../scripts/bundle' '\(folder)/x.mcpb' >&2"
                        + " && mkdir '\(folder)/bundle'"
                        + " && python3 '\(tests)/Clients/bundle.py' '\(folder)/x.mcpb' '\(folder)/bundle' '\(home.path)' 2>&1"
                        + " || true")
            }
            let text = String(decoding: output, as: UTF8.self)
            #expect(text.hasSuffix("ok end\n"), "\(text.suffix(2000))")
        }
    }
}
