import Basics
import Testing

@testable import Restore

@Suite struct RunFolderTests {
    @Test func `a run's paths hold its name alone`() throws {
        let run = try #require(RunID("3f8k2m1qz7xw9a4c"))
        #expect(RunFolder.path(run) == "/var/lib/holdfast/run-3f8k2m1qz7xw9a4c")
        #expect(RunFolder.tombstone(run) == "/run/holdfast-kept-3f8k2m1qz7xw9a4c")
    }
}
