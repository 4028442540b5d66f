import Basics
import LocalExecution
import RemoteExecution
import Synchronization
import Testing

@testable import Restore

/// The conversation of a run, with steps that stand for those of a restore.
@Suite(.timeLimit(.minutes(5))) struct RestoreReaderTests {
    private final class Text: ShellSource {
        private let text: Mutex<String?>

        init(_ text: String) { self.text = Mutex(text) }

        func next() async throws -> [UInt8]? {
            text.withLock { text in
                defer { text = nil }
                return text.map { Array($0.utf8) }
            }
        }
    }

    /// Takes four bytes, then says how it went.
    private static let taking = "read -r n && head -c \"$n\"; echo; exit "
    /// Says what the next line of the input is.
    private static let hearing = "read -r word || word=nothing; echo \"heard $word\""

    private func step(_ script: String, reads: Bool = false) -> ScriptStep {
        ScriptStep(timeLimit: 60, script: script, readsInput: reads)
    }

    /// Steps 0 and 1 are a check and the one that takes the payload, 2 the one that hears, 3 one of somebody else's.
    private func results(
        check: Int = 0, taking status: Int, word: String?
    ) async throws -> [Int: RestoreReader.StepResult] {
        let boundary = FrameBoundary()
        let giving: @Sendable (RestoreReader.StepResult) async throws -> [UInt8] = { result in
            #expect(result.lines == ["data"])
            return Array((word ?? "").utf8)
        }
        let reader = RestoreReader(
            boundary: boundary, own: 0..<3, inputStep: 1, word: word == nil ? nil : giving,
            input: { Text("4\ndata") })
        let script = FramedScript.Template([
            FramedScript.Numbered(0, step("exit \(check)")),
            FramedScript.Numbered(1, step(Self.taking + "\(status)", reads: true), isDecisive: word != nil),
            FramedScript.Numbered(3, step("echo other")),
            FramedScript.Numbered(2, step(Self.hearing, reads: true)),
        ])
        _ = try await LocalTransport().run(
            ShellJob(input: script.bytes(boundary: boundary), keepsInputOpen: true),
            on: .local(added: Timestamp(seconds: 0)), into: reader)
        return await reader.results
    }

    @Test func `the word is given once the payload was taken, and heard behind it`() async throws {
        let results = try await results(taking: 0, word: "keep\n")
        #expect(results[2]?.lines == ["heard keep"])
        #expect(results[3] == nil)
    }

    @Test func `lines that end as on a terminal lose that end`() {
        var result = RestoreReader.StepResult()
        result.output = Array("one\r\ntwo\n".utf8)
        result.errors = Array("bad option\r\n".utf8)
        #expect(result.lines == ["one", "two", "bad option"])
    }

    @Test func `without a word to give the input ends with the payload`() async throws {
        let results = try await results(taking: 0, word: nil)
        #expect(results[1]?.lines == ["data"])
        #expect(results[2]?.lines == ["heard nothing"])
    }

    @Test func `a step that did not come to its end gets no word, and ends the script`() async throws {
        let results = try await results(taking: Int(RunSteps.otherPhase), word: "keep\n")
        #expect(results[1]?.status == RunSteps.otherPhase)
        #expect(results[2] == nil)
    }

    @Test func `nothing is sent where a check found something in the way`() async throws {
        let results = try await results(check: 71, taking: 0, word: nil)
        #expect(results[0]?.status == 71)
        #expect(results[1]?.output == [0x0A])
        #expect(results[2]?.lines == ["heard nothing"])
    }

    /// Where a device sends without end.
    struct Flood: CustomTestStringConvertible {
        let testDescription: String
        let frames: [String]
        var stream = OutputStreamKind.standardOutput
        var piece: String?
    }

    private static let floods = [
        Flood(testDescription: "before the script runs", frames: []),
        Flood(testDescription: "between steps", frames: ["H 1 0 root", "S 2", "E 0"]),
        Flood(testDescription: "in a step of its own", frames: ["H 1 0 root", "S 2"]),
        Flood(testDescription: "in a step that is none", frames: ["H 1 0 root", "S 77"]),
        Flood(testDescription: "on standard error", frames: ["H 1 0 root"], stream: .standardError),
        Flood(
            testDescription: "with a step again and again", frames: ["H 1 0 root"],
            piece: "\nMARK S 2\nxxxxxxxxxxxxxxxxxxxxxxxxxx\nMARK E 0\n"),
    ]

    private func endsFlood(_ flood: Flood, own: Range<Int>) async throws -> Bool {
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary, own: own, of: 0..<4)
        for frame in flood.frames {
            _ = try await reader.receive(Array("\n\(boundary.text) \(frame)\n".utf8), from: flood.stream)
        }
        let unit = Array((flood.piece ?? "x").replacing("MARK", with: boundary.text).utf8)
        let piece = Array([[UInt8]](repeating: unit, count: (4 << 20) / unit.count).joined())
        do {
            for _ in 0..<34 { _ = try await reader.receive(piece, from: flood.stream) }
            return false
        } catch let error as ShellError {
            #expect(error == .flood)
            return true
        }
    }

    @Test(arguments: floods)
    func `a device that answers without end is ended`(_ flood: Flood) async throws {
        #expect(try await endsFlood(flood, own: 1..<4))
    }

    @Test func `what others follow may be as long as it is`() async throws {
        let long = Flood(testDescription: "", frames: ["H 1 0 root", "S 0"])
        #expect(try await !endsFlood(long, own: 1..<4))
    }
}
