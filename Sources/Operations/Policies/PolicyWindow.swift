import Basics

/// The hours of a week, in UTC, in which a policy counts.
struct PolicyWindow: Sendable, Equatable {
    /// The days by name, Monday first.
    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// 0 for Monday … 6 for Sunday: the days on which it begins.
    let days: Set<Int>
    /// Minutes after midnight; the end is not part of it, and lies on the next day when it is not after the beginning.
    let from: Int
    let to: Int

    /// `mon,tue 02:00–04:00 UTC`.
    var words: String {
        let names = Self.dayNames.enumerated().filter { days.contains($0.offset) }.map(\.element)
        return
            "\(days.count == 7 ? "daily" : names.joined(separator: ",")) \(Self.text(from))–\(Self.text(to)) UTC"
    }

    /// Whether `instant` lies in it.
    func contains(_ instant: Timestamp) -> Bool {
        let seconds = instant.seconds
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let minute = Int((seconds - day * 86_400) / 60)
        // 1970-01-01 was a Thursday.
        let weekday = Int(((day + 3) % 7 + 7) % 7)
        if from < to { return days.contains(weekday) && (from..<to).contains(minute) }
        return days.contains(weekday) && minute >= from || days.contains((weekday + 6) % 7) && minute < to
    }

    /// `hh:mm` as minutes after midnight; nil for anything else.
    static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour),
            (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    static func text(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}
