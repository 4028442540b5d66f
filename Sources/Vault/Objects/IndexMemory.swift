import Basics
import Synchronization

/// The index as the last writer of this process left it: the next one, and readers, need not read it anew.
///
/// It holds as long as nobody wrote since. Every writer leaves a note of its own in the lock's file, so the one who takes
/// the lock and finds the note of the last writer here knows that there was no other; folders that look otherwise say that
/// somebody removed files without the lock. Lives in memory alone: with the process it is gone, and the packs tell all.
final class IndexMemory: Sendable {
    /// What a writer left.
    struct State {
        let index: ObjectIndex
        /// The index's segments on the disk.
        let segments: [String]
        fileprivate let note: [UInt8]
        fileprivate let stamps: [String: FolderStamp]
    }

    /// With how the folders were when the writer that is at work began; nil where that is not known.
    private let state = Mutex<(last: State?, version: Int, seen: [String: FolderStamp]?)>((nil, 0, nil))

    /// Counts what was kept so far.
    var version: Int { state.withLock { $0.version } }

    /// The newest index, for a reader that knows the state of `version`; nil where there is no newer one.
    func newer(than version: Int) -> (index: ObjectIndex, version: Int)? {
        state.withLock { state in
            guard state.version > version, let last = state.last else { return nil }
            return (last.index, state.version)
        }
    }

    /// Keeps what the holder of the lock has written completely.
    /// - Parameter touched: the folders of packs that it wrote to.
    func keep(
        _ index: ObjectIndex, segments: [String], touched: Set<String>, in files: any VaultFiles
    ) {
        let seen = state.withLock { $0.seen }
        let new: State?
        do throws(VaultError) {
            let note = try files.lockNote()
            // A full disk leaves no note, which is nobody’s.
            let stamps = note.isEmpty ? nil : try Self.stamps(files, touched: touched, seen: seen)
            new = stamps.map { State(index: index, segments: segments, note: note, stamps: $0) }
        } catch {
            // The next one reads it anew, and tells what is wrong.
            new = nil
        }
        state.withLock { $0 = (new, $0.version + 1, nil) }
    }

    /// What the last writer here left, for one who took the lock and found `note` in its file; nil where it need not hold.
    func recall(after note: [UInt8]?, in files: any VaultFiles) -> State? {
        let last = state.withLock { state in
            state.seen = nil
            return state.last
        }
        guard let last, last.note == note else { return nil }
        guard let stamps = try? Self.stamps(files), stamps.count == last.stamps.count else { return nil }
        let isSame = stamps.allSatisfy { folder, stamp in last.stamps[folder]?.isEqual(to: stamp) == true }
        guard isSame else { return nil }
        state.withLock { $0.seen = stamps }
        return last
    }

    /// How the folders of packs and index are; nil where that cannot be told.
    /// - Parameters:
    ///   - touched: folders that the holder of the lock wrote to since they were `seen`; a change by anybody else makes
    ///     the older stamp a wrong one, and the next writer reads everything anew.
    private static func stamps(
        _ files: any VaultFiles, touched: Set<String> = [], seen: [String: FolderStamp]? = nil
    ) throws(VaultError) -> [String: FolderStamp]? {
        var stamps = seen ?? [:]
        if seen == nil {
            guard let found = try files.stamps(in: VaultPath.packs) else { return nil }
            for (name, stamp) in found { stamps["\(VaultPath.packs)/\(name)"] = stamp }
        }
        for folder in (seen == nil ? [] : touched).union([VaultPath.packs, VaultPath.index]) {
            guard let stamp = try files.stamp(of: folder) else { return nil }
            stamps[folder] = stamp
        }
        return stamps
    }
}
