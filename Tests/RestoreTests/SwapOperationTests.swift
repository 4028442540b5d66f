import Basics
import Testing
import Vault

@testable import Restore

@Suite struct SwapOperationTests {
    private let run = RunID("rrrrrrrrrrrrrrrr") ?? .random()

    private func operations(_ wanted: [FileEntry], _ present: [FileEntry]) -> SwapOperations {
        let steps = RestorePlanner(RestorePlannerTests.facts(wanted, present), place: .inPlace).plan().steps
        func table(_ entries: [FileEntry]) -> [[UInt8]: FileEntry] {
            Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
        }
        return SwapOperations(steps, run: run, wanted: table(wanted), present: table(present))
    }

    private func names(_ operations: SwapOperations) -> [String] {
        operations.operations.map { operation in
            let target = DeviceText.string(operation.target)
            func word(_ count: Int?) -> String { count.map(String.init) ?? "uncounted" }
            return switch operation.kind {
            case .create: "create \(target)"
            case .replace(let count): "replace \(word(count)) \(target)"
            case .remove(let count): "remove \(word(count)) \(target)"
            case .take: "take \(target) as \(DeviceText.string(operation.kept))"
            }
        }
    }

    @Test func `a new folder comes with all that is in it, by one rename`() {
        let made = operations(
            [
                RestorePlannerTests.file("/e/d", kind: .folder), RestorePlannerTests.file("/e/d/a"),
                RestorePlannerTests.file("/e/d/s", kind: .folder), RestorePlannerTests.file("/e/d/s/b"),
            ], [])
        #expect(names(made) == ["create /e/d"])
        #expect(
            made.staged.map { DeviceText.string($0.path) } == [
                "/e/.holdfast-rrrrrrrrrrrrrrrr.0.new", "/e/.holdfast-rrrrrrrrrrrrrrrr.0.new/a",
                "/e/.holdfast-rrrrrrrrrrrrrrrr.0.new/s",
                "/e/.holdfast-rrrrrrrrrrrrrrrr.0.new/s/b",
            ])
    }

    @Test func `a folder goes as a whole, with the count of what may be in it`() {
        let made = operations(
            [],
            [
                RestorePlannerTests.file("/e/d", kind: .folder), RestorePlannerTests.file("/e/d/a"),
                RestorePlannerTests.file("/e/d/b"),
            ])
        #expect(names(made) == ["remove 3 /e/d"])
    }

    @Test func `data goes before the folders around it, and is kept where a folder stays`() {
        let data = RestoreStep(
            action: .removeData, subject: Array("/e/d/data".utf8), section: "container-data")
        let folder = RestoreStep(action: .remove, subject: Array("/e/d".utf8), section: "")
        for steps in [[folder, data], [data, folder]] {
            let made = SwapOperations(steps, run: run, wanted: [:], present: [:])
            #expect(
                names(made) == [
                    "take /e/d/data as /e/.holdfast-rrrrrrrrrrrrrrrr.0.old", "remove 1 /e/d",
                ])
        }
        let top = RestoreStep(action: .removeData, subject: Array("/data".utf8), section: "container-data")
        let made = SwapOperations([top], run: run, wanted: [:], present: [:])
        #expect(names(made) == ["take /data as /.holdfast-rrrrrrrrrrrrrrrr.0.old"])
    }

    @Test func `what lies below a folder that is replaced goes with it`() {
        let made = operations(
            [RestorePlannerTests.file("/e/d")],
            [RestorePlannerTests.file("/e/d", kind: .folder), RestorePlannerTests.file("/e/d/a")])
        #expect(names(made) == ["replace 2 /e/d"])
    }

    @Test func `what is known to be no folder goes without a count`() {
        let made = operations(
            [RestorePlannerTests.file("/e/a", content: 2)],
            [RestorePlannerTests.file("/e/a"), RestorePlannerTests.file("/e/b")])
        #expect(names(made).sorted() == ["remove uncounted /e/b", "replace uncounted /e/a"])
    }

    @Test func `what nothing is known of is counted as a folder would be`() {
        let step = RestoreStep(
            action: .replace, subject: Array("/e/a".utf8), section: "files", what: [], risk: .low, areas: [])
        let made = SwapOperations(
            [step], run: run, wanted: [step.subject: RestorePlannerTests.file("/e/a")], present: [:])
        #expect(names(made) == ["replace 1 /e/a"])
    }

    @Test func `further names come last and follow the file they name`() {
        let made = operations(
            [
                FileEntry(path: Array("/e/a".utf8), kind: .hardLink, linkTarget: Array("/e/b".utf8)),
                RestorePlannerTests.file("/e/b"),
            ], [])
        #expect(made.staged.map(\.kind) == [.file, .hardLink])
        #expect(made.staged.last?.linkTarget == made.staged.first?.path)
    }

    @Test func `names beside a target never leave its folder`() {
        let made = operations([RestorePlannerTests.file("/top"), RestorePlannerTests.file("/e/-rf")], [])
        #expect(
            made.operations.map { DeviceText.string($0.staged) }.sorted() == [
                "/.holdfast-rrrrrrrrrrrrrrrr.0.new", "/e/.holdfast-rrrrrrrrrrrrrrrr.1.new",
            ])
        #expect(made.parents.map { DeviceText.string($0) } == ["/", "/e"])
    }
}
