import Basics
import Synchronization

/// What the writers of this process made, so that its lists need not look for it.
///
/// A turn lasts from taking the lock until giving it back. Every writer leaves a note of its own in the lock's file: where
/// the note and the folder of backups are as a turn left them, nobody else changed anything since, as whoever does takes
/// the lock. Lives in memory alone.
final class WriterTurns: Sendable {
    /// One writer's turn.
    struct Turn: Sendable {
        /// What the lock's file said before.
        let earlierNote: [UInt8]
        let note: [UInt8]
        /// How the folder of backups was when it began, and when it ended.
        let before: FolderStamp
        let after: FolderStamp
        let made: [BackupSummary]
    }

    /// The end of a turn, by which what came before is told from what came later.
    struct Place: Sendable, Equatable {
        fileprivate let number: Int
        fileprivate let note: [UInt8]
    }

    /// How many turns are kept.
    private static let limit = 16

    private let state = Mutex<(turns: [Turn], count: Int)>(([], 0))

    func add(_ turn: Turn) {
        state.withLock { state in
            state.count += 1
            state.turns = state.turns.suffix(Self.limit - 1) + [turn]
        }
    }

    /// The end of the last turn, where nobody took the lock since; nil where somebody did.
    func place(_ files: any VaultFiles) throws(VaultError) -> Place? {
        let (last, count) = state.withLock { ($0.turns.last, $0.count) }
        guard let last, try files.lockNote() == last.note else { return nil }
        return Place(number: count, note: last.note)
    }

    /// What the turns made that came after `place`; nil where somebody else may have done something as well.
    /// - Parameters:
    ///   - stamp: how the folder of backups was when it was last looked at.
    ///   - now: how it is.
    func later(
        than place: Place?, from stamp: FolderStamp, to now: FolderStamp, _ files: any VaultFiles
    ) throws(VaultError) -> (made: [BackupSummary], stamp: FolderStamp, place: Place)? {
        let (turns, count) = state.withLock { ($0.turns, $0.count) }
        guard let last = turns.last, last.after.isEqual(to: now) else { return nil }
        let first = count - turns.count
        var (note, seen) = (place?.note, stamp)
        var made: [BackupSummary] = []
        for (offset, turn) in turns.enumerated() where first + offset + 1 > place?.number ?? 0 {
            guard turn.before.isEqual(to: seen) else {
                // What was known before is known still.
                guard place == nil, made.isEmpty else { return nil }
                continue
            }
            guard turn.earlierNote == note || note == nil && seen.holds(at: turn.before) else { return nil }
            (note, seen) = (turn.note, turn.after)
            made += turn.made
        }
        guard note == last.note, seen.isEqual(to: now), try files.lockNote() == last.note else { return nil }
        return (made, seen, Place(number: count, note: last.note))
    }
}
