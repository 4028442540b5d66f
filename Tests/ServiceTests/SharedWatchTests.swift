import Basics
import Operations
import RemoteExecution
import Testing

@testable import MCP
@testable import Service

@Suite struct SharedWatchTests {
    private func content(_ watch: SharedWatch, _ scope: DeviceScope = .all, of actor: String = "a") throws
        -> ProductContent
    {
        let catalogue = try ToolCatalogueTests.catalogue(.read)
        return ProductContent(
            catalogue: catalogue,
            caller: Caller(actor: actor, surface: "mcp", level: .read, scope: scope), watch: watch
        ) { (_, _) async throws(OperationError) in throw OperationError(.notInitialised, "nothing here") }
    }

    @Test func `who sees the same shares a look, and others do not`() async throws {
        let watch = SharedWatch()
        let first = watch.changes(of: try content(watch))
        let second = watch.changes(of: try content(watch))
        let third = watch.changes(of: try content(watch, .only([.local])))
        // Nothing can be watched here, so that all of them end.
        for stream in [first, second, third] { for await _ in stream {} }
        #expect(watch.count == 0)
    }

    @Test func `what is seen decides`() throws {
        let watch = SharedWatch()
        #expect(try content(watch).view == content(watch).view)
        #expect(try content(watch).view != content(watch, .only([.local])).view)
        #expect(try content(watch).view == content(watch, of: "b").view)
        // Of jobs, who may use few devices sees their own alone.
        #expect(try content(watch, .only([.local])).view != content(watch, .only([.local]), of: "b").view)
    }
}
