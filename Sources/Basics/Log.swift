import Glibc
import Synchronization

/// Structured lines about the program's own course: one JSON object a line, on standard error or another descriptor.
///
/// Every line passes the redactor, is safe on a terminal, ends within 4096 bytes (so that lines of several processes
/// on one pipe never mix) and never waits for its reader: what a full pipe cannot take is dropped, and the next line
/// says how many were. Standard output is refused, as it belongs to results and protocols.
package struct Log: Sendable {
    /// Who must act on a line.
    package enum Level: String, Sendable, CaseIterable, Comparable {
        /// An operator, now.
        case error
        /// An operator, soon.
        case warning
        /// Nobody: the state changed.
        case info
        /// The developers.
        case debug

        package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The longest line in bytes, its line feed included; the kernel writes as much to a pipe in one piece.
    package static let lineLimit = 4096

    /// Nil writes nothing at all.
    private let level: Level?
    private let redactor: Redactor
    private let clock: any WallClock
    private let sink: LogSink
    private let fields: [String: JSONValue]

    /// - Parameters:
    ///   - level: the least important level that is still written.
    ///   - descriptor: where to; it must stay open and must not be standard output.
    package init(
        level: Level = .info, redactor: Redactor, clock: any WallClock = SystemClock(),
        descriptor: Int32 = STDERR_FILENO
    ) {
        precondition(descriptor != STDOUT_FILENO, "standard output belongs to results")
        self.init(level: level, redactor: redactor, clock: clock, sink: LogSink(descriptor), fields: [:])
    }

    /// A log that nobody reads.
    package static let silent = Log(
        level: nil, redactor: Redactor(), clock: SystemClock(), sink: LogSink(STDERR_FILENO), fields: [:])

    private init(
        level: Level?, redactor: Redactor, clock: any WallClock, sink: LogSink, fields: [String: JSONValue]
    ) {
        self.level = level
        self.redactor = redactor
        self.clock = clock
        self.sink = sink
        self.fields = fields
    }

    /// A log that adds `fields` to each of its lines and otherwise writes where this one does.
    package func with(_ fields: [String: JSONValue]) -> Log {
        Log(
            level: level, redactor: redactor, clock: clock, sink: sink,
            fields: self.fields.merging(fields) { _, new in new })
    }

    /// Whether lines of this level are written, so that their fields are worth making.
    package func writes(_ level: Level) -> Bool { self.level.map { $0 >= level } ?? false }

    /// Something went wrong that a person must look at now.
    package func error(_ message: String, _ fields: [String: JSONValue] = [:]) {
        write(.error, message, fields)
    }

    /// Something will go wrong unless a person looks at it.
    package func warning(_ message: String, _ fields: [String: JSONValue] = [:]) {
        write(.warning, message, fields)
    }

    /// The state changed as it should.
    package func info(_ message: String, _ fields: [String: JSONValue] = [:]) {
        write(.info, message, fields)
    }

    /// A detail for developers.
    package func debug(_ message: @autoclosure () -> String, _ fields: [String: JSONValue] = [:]) {
        if let level, level >= .debug { write(.debug, message(), fields) }
    }

    /// Runs `body`; an error is written as a warning and the result is nil, where going on is right.
    package func ignoringErrors<Result>(_ doing: String, _ body: () async throws -> Result) async -> Result? {
        do { return try await body() } catch {
            warning("an error was ignored", ["while": .string(doing), "reason": .string("\(error)")])
            return nil
        }
    }

    private func write(_ level: Level, _ message: String, _ fields: [String: JSONValue]) {
        guard let least = self.level, level <= least else { return }
        let time = clock.now().string(fractionDigits: 3)
        var members = self.fields.merging(fields) { _, new in new }
        // A field may not take the place of what every line has.
        for name in ["level", "message", "time", "dropped"] { members[name] = nil }
        var head: [String: JSONValue] = [
            "level": .string(level.rawValue), "time": .string(time), "message": .string(message),
        ]
        sink.write { dropped in
            if dropped > 0 { head["dropped"] = .int(Int64(dropped)) }
            let line = line(members.merging(head) { _, new in new })
            if line.count <= Self.lineLimit { return line }
            // Too long: without its fields, then with the beginning of its message only.
            head["isShortened"] = true
            let short = self.line(head)
            if short.count <= Self.lineLimit { return short }
            head["message"] = .string(String(message.unicodeScalars.prefix(300)))
            return self.line(head)
        }
    }

    private func line(_ members: [String: JSONValue]) -> [UInt8] {
        Array(TerminalText.escapeJSON(JSONWriter.text(redactor.redact(.object(members)))).utf8) + [0x0A]
    }
}

/// The descriptor lines go to, and how many it could not take.
private final class LogSink: Sendable {
    private let descriptor: Int32
    private let dropped = Mutex(0)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Writes what `line` makes of the number of lines dropped before.
    func write(_ line: (_ dropped: Int) -> [UInt8]) {
        dropped.withLock { dropped in
            guard isReady, writeAll(line(dropped)) else {
                dropped += 1
                return
            }
            dropped = 0
        }
    }

    /// Whether a whole line can be written without waiting.
    private var isReady: Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe Glibc.poll(&poll, 1, 0) == 1
            && Int32(poll.revents) & (POLLOUT | POLLERR | POLLHUP) == POLLOUT
    }

    private func writeAll(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count > 0 { done += count } else if errno != EINTR { return false }
        }
        return true
    }
}
