import Basics
import LocalExecution
import RemoteExecution
import TestSupport
import Testing

@testable import Restore

/// What is checked on the device before anything is sent there.
@Suite(.enabled(if: ProcessEnvironment.isRoot, "the checks of a run need root"), .timeLimit(.minutes(5)))
struct RunStepsTests {
    private func told(_ rooms: [RestorePayload.Room]) async throws -> [String] {
        let steps = RunSteps.checks(of: rooms)
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary)
        _ = try await LocalTransport().run(
            ShellJob(input: FramedScript.bytes(steps: steps, boundary: boundary)),
            on: .local(added: Timestamp(seconds: 0)), into: reader)
        let results = await reader.results
        for index in steps.indices {
            let lines = results[index]?.lines ?? []
            #expect((results[index]?.status == 0) == lines.isEmpty, "\(lines)")
        }
        return steps.indices.flatMap { results[$0]?.lines ?? [] }
    }

    private func room(_ path: [UInt8], _ kilobytes: Int64 = 0) -> RestorePayload.Room {
        RestorePayload.Room(folder: path, kilobytes: kilobytes)
    }

    @Test func `folders are found by their bytes`() async throws {
        let scratch = try ScratchFolder()
        try Shell.run("cd '\(scratch.path)' && mkdir -- \"$(printf 'a\\377b')\" 'c d' \"e'f\" ./-g")
        let base = Array(scratch.path.utf8) + [0x2F]
        let names: [[UInt8]] = [[0x61, 0xFF, 0x62], Array("c d".utf8), Array("e'f".utf8), Array("-g".utf8)]
        #expect(try await told(names.map { room(base + $0) }) == [])
    }

    @Test func `what is missing, no folder or behind a link is named`() async throws {
        let scratch = try ScratchFolder()
        try Shell.run("cd '\(scratch.path)' && mkdir real && ln -s real link && touch file")
        let told = try await told(
            ["missing", "file", "link"].map { room(Array("\(scratch.path)/\($0)".utf8)) })
        #expect(
            told == [
                "holdfast: \(scratch.path)/missing is no folder there",
                "holdfast: \(scratch.path)/file is no folder there",
                "holdfast: \(scratch.path)/link lies behind a link",
            ])
    }

    @Test func `a file system without the room is named, once for all its folders`() async throws {
        let scratch = try ScratchFolder()
        try Shell.run("mkdir '\(scratch.path)/a' '\(scratch.path)/b'")
        let rooms = ["a", "b"].map { room(Array("\(scratch.path)/\($0)".utf8), 1 << 40) }
        let told = try await told(rooms)
        #expect(told.count == 1)
        let mount = try Shell.output("df -P '\(scratch.path)' | awk 'NR == 2 { printf \"%s\", $6 }'")
        let line = "holdfast: No space left: \(DeviceText.string(mount)) has "
        #expect(told.first?.hasPrefix(line) == true, "\(told)")
    }

    @Test func `many folders are checked in several steps`() async throws {
        let scratch = try ScratchFolder()
        let names = (0..<1500).map { "folder-with-a-rather-long-name-\($0)" }
        try Shell.run(
            "cd '\(scratch.path)' && for i in $(seq 0 1499); do mkdir folder-with-a-rather-long-name-$i; done"
        )
        let rooms = names.map { room(Array("\(scratch.path)/\($0)".utf8), 4) }
        #expect(RunSteps.checks(of: rooms).count > 1)
        #expect(try await told(rooms) == [])
    }
}
