import Basics
import Glibc
import TestSupport
import Testing

private struct FixedClock: WallClock {
    func now() -> Timestamp { Timestamp(nanoseconds: 1_763_717_400_123_456_789) }
}

/// A pipe whose reading end gives back what a log wrote.
private struct LogPipe: ~Copyable {
    private let ends: PipeEnds

    init() throws { ends = try PipeEnds() }

    func log(_ level: Log.Level = .debug) -> Log {
        Log(level: level, redactor: Redactor(), clock: FixedClock(), descriptor: ends.writing)
    }

    /// All lines written so far; there must be some.
    func lines() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe read(ends.reading, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }
}

@Suite("Log")
struct LogTests {
    @Test("Who makes lines can ask first whether they are written")
    func levels() throws {
        let pipe = try LogPipe()
        #expect(pipe.log(.info).writes(.warning) && pipe.log(.info).writes(.info))
        #expect(!pipe.log(.info).writes(.debug) && pipe.log(.debug).writes(.debug))
        #expect(!Log.silent.writes(.error))
    }

    @Test func `a line is one JSON object`() throws {
        let pipe = try LogPipe()
        pipe.log().info("started", ["devices": 3])
        #expect(
            pipe.lines() == [
                #"{"devices":3,"level":"info","message":"started","time":"2025-11-21T09:30:00.123Z"}"#
            ])
    }

    @Test(arguments: Log.Level.allCases)
    func `lines less important than the level are left out`(_ level: Log.Level) throws {
        let pipe = try LogPipe()
        let log = pipe.log(level)
        log.error("e")
        log.warning("w")
        log.info("i")
        log.debug("d")
        let written = try pipe.lines().map { try JSONParser.parse($0)["level"]?.string }
        #expect(written == Log.Level.allCases.filter { $0 <= level }.map(\.rawValue))
    }

    @Test func `fields of a context are on each line, and cannot forge what all lines have`() throws {
        let pipe = try LogPipe()
        let log = pipe.log().with(["device": "nas", "level": "debug"]).with(["job": 7])
        log.warning("slow", ["device": "pi", "time": "never", "message": "other"])
        #expect(
            try JSONParser.parse(pipe.lines()[0]) == [
                "device": "pi", "job": 7, "level": "warning", "message": "slow",
                "time": "2025-11-21T09:30:00.123Z",
            ])
    }

    @Test func `secrets are hidden in messages and fields`() throws {
        let pipe = try LogPipe()
        pipe.log().error(
            "cannot reach postgres://u:planted1@db/", ["apiToken": "planted2", "env": .secret("planted3")])
        let line = pipe.lines()[0]
        #expect(!line.contains("planted"), "\(line)")
        #expect(line.contains("postgres://u:‹hidden›@db/"))
    }

    @Test func `text of a device stays on its line and drives no terminal`() throws {
        let pipe = try LogPipe()
        let hostile = "a\n{\"level\":\"error\"}\r\u{1B}[2J\u{9B}31m\u{202E}\u{E0041}b"
        pipe.log().info("said", ["text": .string(hostile)])
        let lines = pipe.lines()
        #expect(lines.count == 1)
        #expect(TerminalText.escape(lines[0]) == lines[0])
        #expect(try JSONParser.parse(lines[0])["text"]?.string == hostile)
    }

    @Test func `a line has an end`() throws {
        let pipe = try LogPipe()
        let long = String(repeating: "\u{202E}x", count: 100_000)
        pipe.log().info("short", ["long": .string(long)])
        pipe.log().info(long)
        let lines = pipe.lines()
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.utf8.count < Log.lineLimit })
        #expect(try lines.allSatisfy { try JSONParser.parse($0)["isShortened"] == true })
        #expect(lines[0].contains(#""message":"short""#))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a reader that does not read stops nobody, and is told what it missed`() throws {
        let pipe = try LogPipe()
        let log = pipe.log()
        for number in 0..<2_000 { log.info("line \(number) \(String(repeating: "x", count: 200))") }
        let first = pipe.lines()
        #expect(first.count < 2_000)
        log.info("after")
        let after = try JSONParser.parse(try #require(pipe.lines().last))
        #expect(after["dropped"]?.int == Int64(2_000 - first.count))
        log.info("next")
        #expect(try JSONParser.parse(try #require(pipe.lines().last))["dropped"] == nil)
    }

    @Test func `an ignored error leaves a line`() async throws {
        let pipe = try LogPipe()
        let log = pipe.log()
        let result: Int? = await log.ignoringErrors("closing the file") {
            throw SystemError("close", "/x", code: EIO)
        }
        #expect(result == nil)
        let line = try JSONParser.parse(pipe.lines()[0])
        #expect(line["while"] == "closing the file" && line["level"] == "warning")
        #expect(line["reason"] == "close /x: Input/output error")
        #expect(await log.ignoringErrors("nothing") { 5 } == 5)
    }

    @Test func `standard output is refused`() async {
        await #expect(processExitsWith: .failure) { _ = Log(redactor: Redactor(), descriptor: STDOUT_FILENO) }
    }
}
