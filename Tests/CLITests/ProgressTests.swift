import Basics
import Operations
import Testing

@testable import CLI

@Suite struct ProgressMeterTests {
    private func meter(_ updates: [(Double, ProgressUpdate)]) -> ProgressMeter {
        var meter = ProgressMeter()
        for (time, update) in updates { meter.report(update, at: .seconds(time)) }
        return meter
    }

    private func update(
        _ done: Int64, of total: Int64? = 10, bytes: Int64? = nil, phase: String = "reading",
        event: String? = nil
    ) -> ProgressUpdate {
        ProgressUpdate(
            phase: phase, done: done, total: total, unit: "files", bytes: bytes.map { ByteCount($0) },
            event: event)
    }

    @Test func `the line shows phase, bar, counters, rate and time left`() {
        let meter = meter([(0, update(0, bytes: 0)), (10, update(5, bytes: 20 << 20))])
        #expect(
            meter.line(width: 100, at: .seconds(10))
                == "reading  [==========>           ]  5/10 files, 20.0 MiB  2.0 MiB/s  0:10 left")
    }

    @Test func `what is not known is not shown`() {
        #expect(ProgressMeter().line(width: 80, at: .seconds(1)).isEmpty)
        let meter = meter([(0, update(3, of: nil))])
        #expect(meter.line(width: 80, at: .seconds(9)) == "reading  3 files")
    }

    @Test func `where nothing is counted there is no count`() {
        var update = update(0, of: nil, phase: "confirming", event: "confirming over a new connection")
        update.unit = ""
        let meter = meter([(0, update)])
        #expect(meter.line(width: 80, at: .seconds(9)) == "confirming")
        #expect(meter.sentence == nil)
    }

    @Test func `the first seconds promise nothing`() {
        let meter = meter([(0, update(0)), (1, update(5))])
        #expect(!meter.line(width: 80, at: .seconds(1)).contains("left"))
    }

    @Test func `rate and time left begin anew with each phase`() {
        let meter = meter([
            (0, update(9, bytes: 1 << 30)), (100, update(0, bytes: 0, phase: "checking")),
            (104, update(2, bytes: 4096, phase: "checking")),
        ])
        let line = meter.line(width: 100, at: .seconds(104))
        #expect(line.contains("1.0 KiB/s") && line.contains("0:16 left"))
    }

    @Test(arguments: 0...120) func `the line keeps within the terminal`(_ width: Int) {
        let meter = meter([(0, update(0, bytes: 0)), (10, update(5, bytes: 20 << 20, phase: "日本語で読む"))])
        #expect(DisplayWidth.of(meter.line(width: width, at: .seconds(10))) <= width)
    }

    @Test func `a bar neither overflows nor runs backwards`() {
        #expect(meter([(0, update(20))]).line(width: 80, at: .zero).contains("[==================]"))
        #expect(meter([(0, update(-3))]).line(width: 80, at: .zero).contains("[                  ]"))
        #expect(!meter([(0, update(0, of: 0))]).line(width: 80, at: .zero).contains("["))
    }

    @Test func `events are bounded, and what was left out is counted`() {
        var meter = ProgressMeter()
        for number in 0..<ProgressMeter.eventLimit + 5 {
            meter.report(update(1, event: "\(number)"), at: .zero)
        }
        let events = meter.takeEvents()
        #expect(events.count == ProgressMeter.eventLimit + 1)
        #expect(events.last == "(5 more)")
        #expect(meter.takeEvents().isEmpty)
    }

    @Test(arguments: [(7, "0:07"), (750, "12:30"), (3723, "1:02:03"), (0, "0:00")])
    func `times are written as on a clock`(_ seconds: Int64, _ text: String) {
        #expect(ProgressMeter.clock(seconds) == text)
    }

    @Test(arguments: [(0.004, "0.00 s"), (1.205, "1.21 s"), (59.05, "59.05 s"), (62, "1:02")])
    func `durations are exact while they are short`(_ seconds: Double, _ text: String) {
        #expect(ProgressMeter.precise(.seconds(seconds)) == text)
    }
}

@Suite struct ProgressViewTests {
    private static let hints = HomeHints(tree: CommandTree([]), home: nil)

    private func update(_ done: Int64, event: String? = nil) -> ProgressUpdate {
        ProgressUpdate(phase: "reading", done: done, total: 4, unit: "files", event: event)
    }

    @Test func `a terminal gets one redrawn line with the events above it`() {
        let view = ProgressView(.redrawn, terminal: MemoryTerminal.attended(width: 40), hints: Self.hints)
        #expect(view.frame(at: .zero).isEmpty)
        view.report(update(1, event: "web1\u{1B}: done"))
        let frame = view.frame(at: .zero)
        #expect(frame.hasPrefix("\r\u{1B}[Kweb1\\e: done\nreading  [>"))
        #expect(!view.frame(at: .zero).contains("web1"))
        view.report(update(2, event: "web2: done"))
        #expect(view.lastFrame() == "\r\u{1B}[Kweb2: done\n")
        #expect(view.lastFrame().isEmpty)
    }

    @Test func `a pipe gets events as lines and the state now and then`() {
        let view = ProgressView(.lines, terminal: MemoryTerminal(), hints: Self.hints)
        view.report(update(1, event: "web1: done"))
        #expect(view.frame(at: .seconds(1)) == "web1: done\n")
        #expect(view.frame(at: .seconds(6)) == "reading: 1/4 files\n")
        view.report(update(2))
        #expect(view.frame(at: .seconds(8)).isEmpty)
        #expect(view.frame(at: .seconds(11)) == "reading: 2/4 files\n")
        #expect(view.frame(at: .seconds(30)).isEmpty)
        #expect(view.lastFrame().isEmpty)
    }

    @Test func `a command that an event recommends is for the same state`() {
        let hints = HomeHints(tree: CommandTree(allOperations), home: "/srv/x")
        let view = ProgressView(.lines, terminal: MemoryTerminal(), hints: hints)
        view.report(update(1, event: "damaged; run ‘holdfast vault check’"))
        #expect(view.lastFrame() == "damaged; run ‘holdfast vault check --home /srv/x’\n")
    }

    @Test func `silence is kept`() {
        let view = ProgressView(.silent, terminal: MemoryTerminal.attended(), hints: Self.hints)
        view.report(update(1, event: "x"))
        #expect(view.frame(at: .seconds(60)).isEmpty && view.lastFrame().isEmpty)
    }

    @Test func `the mode follows the terminal and the options`() {
        var options = GlobalOptions()
        #expect(ProgressView.mode(MemoryTerminal.attended(), options) == .redrawn)
        #expect(ProgressView.mode(MemoryTerminal(), options) == .lines)
        #expect(ProgressView.mode(MemoryTerminal.attended(variables: ["TERM": "dumb"]), options) == .lines)
        options.verbosity = .quiet
        #expect(ProgressView.mode(MemoryTerminal.attended(), options) == .silent)
    }
}
