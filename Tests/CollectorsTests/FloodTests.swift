import Basics
import Codecs
import RemoteExecution
import Synchronization
import Testing

@testable import Collectors

private enum Talker: Collector {
    static let name = "talker"
    static let summary = "Words"
    static let probes = [
        Probe("one", script: "exit"), Probe("two", script: "exit"), Probe("three", script: "exit"),
        Probe("four", script: "exit"),
    ]
    static let files = FileSet(["/etc/hosts"])
}

private final class Counter: FileSink {
    let files = Mutex(0)

    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {
        files.withLock { $0 += events.count { if case .entry = $0 { true } else { false } } }
    }
}

@Suite("A device that floods", .timeLimit(.minutes(5)))
struct FloodTests {
    /// Where a device floods, and how far it had come.
    struct Case: CustomTestStringConvertible {
        let id: String
        let frames: [String]
        var stream = OutputStreamKind.standardOutput
        var isComplete = false
        /// What comes again and again; nil for bytes that mean nothing.
        var piece: String?
        var testDescription: String { id }
    }

    private static let files = 4

    private static let cases = [
        Case(id: "between steps", frames: ["H 1 0 root", "S 0", "E 0"]),
        Case(id: "in a step that nobody asked for", frames: ["H 1 0 root", "S 77"]),
        Case(id: "after the end", frames: ["H 1 0 root", "Z"], isComplete: true),
        Case(id: "on standard error", frames: ["H 1 0 root"], stream: .standardError),
        Case(
            id: "with errors of a tar stream", frames: ["H 1 0 root", "S \(files)"], stream: .standardError),
        Case(id: "in a tar stream", frames: ["H 1 0 root", "S \(files)"]),
        Case(id: "with a frame that has no end", frames: ["H 1 0 root"], piece: "\nMARK S "),
        Case(id: "with steps again and again", frames: ["H 1 0 root"], piece: "\nMARK S 0\n\nMARK E 0\n"),
        Case(
            id: "in every probe",
            frames: ["H 1 0 root"] + (0..<3).flatMap { ["S \($0)", "FILL", "E 0"] } + ["S 3", "FILL"]),
    ]

    private func makeReader(_ boundary: FrameBoundary) async throws -> CollectionReader {
        let reader = CollectionReader(
            plan: CollectionPlan(collectors: [Talker.self]), boundary: boundary, sink: Counter())
        _ = try await reader.receive(mark("H 1 0 root", boundary), from: .standardOutput)
        return reader
    }

    private func mark(_ text: String, _ boundary: FrameBoundary) -> [UInt8] {
        Array("\n\(boundary.text) \(text)\n".utf8)
    }

    private static let nonsense = [UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20)

    /// Sends nonsense until the reader has enough.
    /// - Returns: how many bytes it took; nil when it never had enough.
    private func flood(
        _ reader: CollectionReader, _ piece: [UInt8], _ stream: OutputStreamKind,
        atMost limit: Int = FloodGauge.limit * 2
    ) async throws -> Int? {
        var sent = 0
        while sent < limit {
            sent += piece.count
            if case .finish = try await reader.receive(piece, from: stream) { return sent }
        }
        return nil
    }

    @Test("is ended, and what it did not send is missing", arguments: cases)
    func ended(_ test: Case) async throws {
        let boundary = FrameBoundary()
        let reader = try await makeReader(boundary)
        for frame in test.frames.dropFirst() {
            if frame == "FILL" {
                let over = CollectionReader.captureLimit + Self.nonsense.count
                #expect(try await flood(reader, Self.nonsense, .standardOutput, atMost: over) == nil)
            } else {
                _ = try await reader.receive(mark(frame, boundary), from: test.stream)
            }
        }
        let unit = test.piece.map { Array($0.replacing("MARK", with: boundary.text).utf8) }
        let piece = unit.map { unit in
            let times = Self.nonsense.count / unit.count
            return Array([[UInt8]](repeating: unit, count: times).joined())
        }
        #expect(try await flood(reader, piece ?? Self.nonsense, test.stream) != nil)
        let results = await reader.results()
        #expect(results.refusal == .flood && results.isComplete == test.isComplete)
        #expect(results.captures["talker"]?.byProbe["four"]?.outcome == .lost)
    }

    @Test("A program that prints too much, in its time, costs its own section only")
    func program() async throws {
        let boundary = FrameBoundary()
        let reader = try await makeReader(boundary)
        _ = try await reader.receive(mark("S 0", boundary), from: .standardOutput)
        #expect(
            try await flood(
                reader, Self.nonsense, .standardOutput,
                atMost: CollectionReader.captureLimit + FloodGauge.limit * 2) == nil)
        let rest = ["E 124", "S 1", "E 0"].flatMap { mark($0, boundary) }
        #expect(try await reader.receive(rest, from: .standardOutput) == .proceed)
        let results = await reader.results()
        #expect(results.refusal == nil)
        #expect(results.captures["talker"]?.byProbe["one"]?.outcome == .timedOut)
        #expect(results.captures["talker"]?.byProbe["two"]?.outcome == .exited(0))
    }

    @Test("A listing that is no listing is not kept")
    func listing() {
        var listing = ListingDecoder()
        for _ in 0..<8 { #expect(listing.consume(Self.nonsense).isEmpty) }
        #expect(listing.isNonsense && listing.isAtBoundary && !listing.isSettled)
    }
}
