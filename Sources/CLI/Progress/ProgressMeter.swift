import Basics
import Operations

/// What is known of a running operation: the newest counters, their speed, and events not shown yet.
///
/// Times are durations since any fixed instant.
struct ProgressMeter: Sendable {
    /// Events kept until they are shown; what comes beyond is counted only.
    static let eventLimit = 1000

    private(set) var latest: ProgressUpdate?
    private var events: [String] = []
    private var droppedEvents = 0
    /// When the phase began, and how far it was then.
    private var phaseStart: (time: Duration, done: Int64, bytes: Int64) = (.zero, 0, 0)

    /// Takes an update.
    mutating func report(_ update: ProgressUpdate, at now: Duration) {
        if latest?.phase != update.phase || latest?.unit != update.unit {
            phaseStart = (now, update.done, update.bytes?.bytes ?? 0)
        }
        latest = update
        guard let event = update.event else { return }
        if events.count < Self.eventLimit { events.append(event) } else { droppedEvents += 1 }
    }

    /// The events since the last call, oldest first.
    mutating func takeEvents() -> [String] {
        defer {
            events = []
            droppedEvents = 0
        }
        return droppedEvents == 0 ? events : events + ["(\(droppedEvents) more)"]
    }

    /// The state as one line of at most `width` columns: phase, bar, counters, rate and time left.
    func line(width: Int, at now: Duration) -> String {
        guard let latest else { return "" }
        var parts = [TerminalText.escape(latest.phase)]
        if let bar = bar(columns: min(24, width / 4)) { parts.append(bar) }
        let counters = counters()
        if !counters.isEmpty { parts.append(counters) }
        let seconds = (now - phaseStart.time).seconds
        if let bytes = latest.bytes, seconds >= 1 {
            let rate = Double(bytes.bytes - phaseStart.bytes) / seconds
            if rate >= 1 { parts.append("\(ByteCount(Int64(rate)))/s") }
        }
        if let left = remaining(after: seconds) { parts.append("\(Self.clock(left)) left") }
        return DisplayWidth.truncated(parts.joined(separator: "  "), to: max(0, width))
    }

    /// The state as a sentence for logs: no bar, no rate; nil where nothing is counted, as the event says it all.
    var sentence: String? {
        guard let latest else { return nil }
        let counters = counters()
        return counters.isEmpty ? nil : "\(TerminalText.escape(latest.phase)): \(counters)"
    }

    private func counters() -> String {
        guard let latest, !latest.unit.isEmpty else { return "" }
        let total = latest.total.map { "/\($0)" } ?? ""
        let bytes = latest.bytes.map { ", \($0)" } ?? ""
        return "\(latest.done)\(total) \(TerminalText.escape(latest.unit))\(bytes)"
    }

    private func bar(columns: Int) -> String? {
        guard let latest, let total = latest.total, total > 0, columns >= 8 else { return nil }
        let inner = columns - 2
        let share = min(1, max(0, Double(latest.done) / Double(total)))
        let filled = Int(share * Double(inner))
        let head = filled > 0 && filled < inner ? ">" : ""
        let body = String(repeating: "=", count: filled - head.count) + head
        return "[" + DisplayWidth.padded(body, to: inner) + "]"
    }

    /// Seconds until all is done at the average speed so far; nil while that says nothing.
    private func remaining(after seconds: Double) -> Int64? {
        guard let latest, let total = latest.total, seconds >= 2 else { return nil }
        let done = latest.done - phaseStart.done
        guard done > 0, total > latest.done else { return nil }
        return Int64((seconds / Double(done) * Double(total - latest.done)).rounded(.up))
    }

    /// `0:07`, `12:30`, `1:02:03`.
    static func clock(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}

extension Duration {
    /// The whole duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension ProgressMeter {
    /// `0.12 s` below a minute, then `1:02`.
    static func precise(_ duration: Duration) -> String {
        guard duration.seconds < 60 else { return clock(Int64(duration.seconds)) }
        let hundredths = Int64((duration.seconds * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }
}
