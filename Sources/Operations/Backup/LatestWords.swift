import Basics
import Vault

/// What a person should know of a backup that a word such as `latest` was taken for.
struct LatestWords {
    /// A clock that is this much ahead is not worth a word.
    private static let tolerance = Duration.seconds(300)

    /// What was typed, fit for a terminal.
    let text: String
    let id: BackupID
    /// All that it could have meant, newest first; empty where a backup was named by its id.
    let candidates: [BackupSummary]
    /// Newer backups that cannot be read.
    let unreadable: [BackupID]
    let now: Timestamp

    /// Sentences without a full stop; none where nothing was passed over.
    var sentences: [String] {
        guard let place = candidates.firstIndex(where: { $0.id == id }) else { return [] }
        return [reach(candidates[place]), partial(place), newer(place), future(candidates[place]), damage]
            .compactMap(\.self)
    }

    private func reach(_ taken: BackupSummary) -> String? {
        // Of a program there is nothing else to keep.
        guard taken.breadth != .full, HostSeries.host(of: taken) == nil else { return nil }
        return "There is no backup of all sections; ‘\(text)’ is \(id), of: \(taken.scope?.words ?? "")"
    }

    private func partial(_ place: Int) -> String? {
        let taken = candidates[place]
        guard taken.status != .ok,
            let whole = candidates.dropFirst(place).first(where: {
                $0.status == .ok && $0.breadth == taken.breadth && $0.device.name == taken.device.name
            })
        else { return nil }
        return
            "‘\(text)’ is \(id), which is \(taken.status.rawValue); the newest one that is ok is \(whole.id)"
    }

    private func newer(_ place: Int) -> String? {
        guard place > 0 else { return nil }
        let passed = candidates[0]
        if passed.status == .failed, candidates[place].status != .failed {
            return
                "‘\(text)’ is \(id); the newer \(passed.id) of \(TerminalText.escape(passed.device.name)) was passed "
                + "over, as it failed"
        }
        guard let scope = passed.scope else { return nil }
        let others = place == 1 ? "" : ", and \((place - 1).counted("more newer one")) with it"
        return "‘\(text)’ is \(id); the newer \(passed.id) of \(TerminalText.escape(passed.device.name)) was "
            + "passed over, as it holds less (\(scope.words))\(others)"
    }

    private func future(_ taken: BackupSummary) -> String? {
        guard taken.started > now + Self.tolerance else { return nil }
        let before = candidates.first {
            $0.breadth == taken.breadth && $0.started <= now + Self.tolerance
        }
        let other = before.map { "; the newest one before this moment is \($0.id)" } ?? ""
        return
            "‘\(text)’ is \(id), which is dated \(taken.started) and so lies in the future: a clock was wrong "
            + "when it was made, or is wrong here\(other)"
    }

    private var damage: String? {
        guard let first = unreadable.first else { return nil }
        let more = unreadable.count == 1 ? "" : " and \(unreadable.count - 1) more"
        return
            "‘\(text)’ is \(id); \(first)\(more) may be newer and cannot be read, see: holdfast vault check"
    }
}
