import Basics
import Operations
import Synchronization

/// Shows how far an operation is: one redrawn line on a terminal, plain lines anywhere else.
///
/// `report` only notes the news; `run` draws ten times a second at most, so that operations never wait for a terminal.
final class ProgressView: ProgressReporter {
    /// How it is shown.
    enum Mode: Sendable, Equatable {
        case silent
        /// Each event as a line, and a line on the state every few seconds.
        case lines
        /// A line on the state, redrawn in place, with the events above it.
        case redrawn
    }

    private struct State: Sendable {
        var meter = ProgressMeter()
        var redactor: Redactor?
        var isLineVisible = false
        var lastSentence: (text: String, time: Duration)?
    }

    static let interval = Duration.milliseconds(100)
    static let sentenceInterval = Duration.seconds(5)

    private let mode: Mode
    private let terminal: any Terminal
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    private let hints: HomeHints

    /// - Parameter hints: for the commands that events recommend.
    init(_ mode: Mode, terminal: any Terminal, hints: HomeHints) {
        self.mode = mode
        self.hints = hints
        self.terminal = terminal
    }

    /// How to show progress on this terminal with these options.
    static func mode(_ terminal: any Terminal, _ options: GlobalOptions) -> Mode {
        guard options.verbosity != .quiet else { return .silent }
        // A line that is redrawn and lines of a log would write over each other.
        guard options.verbosity == .normal else { return .lines }
        guard terminal.isInteractive(.error), let kind = terminal.variable("TERM"), kind != "dumb" else {
            return .lines
        }
        return .redrawn
    }

    /// Hides secrets in whatever is reported from now on.
    func hideSecrets(with redactor: Redactor) { state.withLock { $0.redactor = redactor } }

    func report(_ update: ProgressUpdate) {
        guard mode != .silent else { return }
        state.withLock { $0.meter.report(update, at: now) }
    }

    /// Draws until the task is cancelled.
    func run(on console: Console) async {
        guard mode != .silent else { return }
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            await show(frame(at: now), on: console)
        }
    }

    /// Shows the last events and clears the line.
    func finish(on console: Console) async {
        await show(lastFrame(), on: console)
    }

    private var now: Duration { ContinuousClock.now - start }

    private func show(_ text: String, on console: Console) async {
        guard !text.isEmpty else { return }
        await console.remark(text)
    }

    /// What to write now; empty when nothing is new.
    func frame(at now: Duration) -> String {
        state.withLock { state in
            let events = takeEvents(&state)
            switch mode {
            case .silent: return ""
            case .lines: return events + Self.sentence(&state, at: now)
            case .redrawn:
                guard state.meter.latest != nil else { return "" }
                state.isLineVisible = true
                // One column stays free: a full line would wrap on some terminals.
                let line = state.meter.line(width: terminal.width - 1, at: now)
                return "\r\u{1B}[K" + events + Self.hidden(line, state)
            }
        }
    }

    /// What to write at the end.
    func lastFrame() -> String {
        state.withLock { state in
            let events = takeEvents(&state)
            guard mode == .redrawn, state.isLineVisible else { return events }
            state.isLineVisible = false
            return "\r\u{1B}[K" + events
        }
    }

    private func takeEvents(_ state: inout State) -> String {
        state.meter.takeEvents().map { TerminalText.escape(hints.text(Self.hidden($0, state))) + "\n" }
            .joined()
    }

    private static func hidden(_ text: String, _ state: State) -> String {
        state.redactor?.redact(text) ?? text
    }

    private static func sentence(_ state: inout State, at now: Duration) -> String {
        guard let text = state.meter.sentence, now - (state.lastSentence?.time ?? .zero) >= sentenceInterval,
            text != state.lastSentence?.text
        else { return "" }
        state.lastSentence = (text, now)
        return hidden(text, state) + "\n"
    }
}
