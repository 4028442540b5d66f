import TestSupport
import Testing

@Suite struct ArchitectureTests {
    private static let sources = (try? SourceFile.all(below: "Sources")) ?? []
    private static let modules = Set(sources.map(\.module))

    @Test func `every module has its place in the table`() {
        #expect(!Self.sources.isEmpty)
        let placed = Set(Layers.allowed.keys).union([Layers.program])
        #expect(Self.modules.filter { !placed.contains($0) && !Layers.isForTests($0) }.isEmpty)
        #expect(Set(Layers.allowed.keys).subtracting(Self.modules).isEmpty)
    }

    @Test(arguments: Layers.allowed.keys.sorted())
    func `a module imports only what lies below it`(_ module: String) {
        let allowed = Layers.system.union(Layers.allowed[module] ?? [])
        for file in Self.sources where file.module == module {
            let others = file.imports.filter { !allowed.contains($0) }
            #expect(others.isEmpty, "\(file.path) imports \(others)")
        }
    }

    @Test func `the table has no circles`() {
        var placed: Set<String> = []
        var waiting = Layers.allowed.mapValues { $0.filter { Layers.allowed[$0] != nil } }
        while !waiting.isEmpty {
            let free = waiting.filter { $0.value.isSubset(of: placed) }.map(\.key)
            guard !free.isEmpty else {
                Issue.record("these depend on each other: \(waiting.keys.sorted())")
                return
            }
            placed.formUnion(free)
            for module in free { waiting[module] = nil }
        }
    }

    @Test func `the program knows nothing of tests`() {
        let users = Set(Self.sources.filter { $0.imports.contains("TestSupport") }.map(\.module))
        #expect(users.filter { !Layers.isForTests($0) }.isEmpty)
    }

    @Test func `Foundation stays out of the program`() {
        let users = Self.sources.filter { $0.imports.contains("Foundation") }.map(\.path)
        #expect(users.isEmpty)
        let light = Set(Self.sources.filter { $0.imports.contains("FoundationEssentials") }.map(\.module))
        #expect(light.filter { !Layers.isForTests($0) }.isEmpty)
    }

    /// The files that neither wrap something unsafe nor are there for tests.
    private static let plain = sources.filter {
        !Layers.wrappers.contains($0.module) && !Layers.isForTests($0.module)
    }

    @Test func `nothing is passed on from module to module`() {
        #expect(Self.sources.flatMap { $0.places(of: ["@_exported"]) }.isEmpty)
    }

    @Test func `nothing gives up on being checked`() {
        let words = [
            "try!", " as! ", "fatalError(", "@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency",
        ]
        let places = Self.plain.flatMap {
            $0.places(of: words)
        }
        #expect(places.isEmpty)
        let everywhere = Self.sources.flatMap { $0.places(of: ["try!", " as! ", "fatalError("]) }
        #expect(everywhere.isEmpty)
    }

    @Test func `pointers stay in the wrappers`() {
        for file in Self.plain {
            let lines = file.lines.filter {
                $0.contains("unsafe ") && !$0.contains("asUnownedSerialExecutor")
            }
            let code = lines.compactMap {
                $0.components(separatedBy: "//").first?.components(separatedBy: "\"").first
            }
            #expect(!code.contains { $0.contains("unsafe ") }, "\(file.path)")
        }
    }

    @Test func `modules of C libraries hold a module map and a shim, nothing else`() throws {
        let folders = TestFiles.names(in: SourceFile.root + "/Sources").filter { name in
            name.hasPrefix("C")
                && TestFiles.bytes(at: SourceFile.root + "/Sources/\(name)/module.modulemap") != nil
        }
        #expect(!folders.isEmpty)
        for folder in folders {
            #expect(
                TestFiles.names(in: SourceFile.root + "/Sources/\(folder)") == ["module.modulemap", "shim.h"])
        }
    }

    @Test func `tests mirror the sources`() {
        let tests = Set(TestFiles.names(in: SourceFile.root + "/Tests"))
        for module in Layers.allowed.keys.sorted() {
            #expect(tests.contains(module + "Tests"), "\(module) has no tests")
        }
    }
}
