private import CSystem
import Glibc
import Synchronization

/// Tells when files of some folders change, or their rights, without asking again and again: a thread sleeps in the kernel meanwhile.
///
/// - SeeAlso: inotify(7)
package final class FolderWatch: Sendable {
    private let descriptor: Int32
    private let watches: [Int32]
    /// Folders that are there and cannot be watched, and why: changes in them are not told.
    package let refused: [SystemError]
    private let isStopped = Atomic(false)

    /// Watches the folders that are there; the others are left out.
    package init(_ folders: [String]) throws(SystemError) {
        descriptor = holdfast_inotify_init()
        guard descriptor >= 0 else { throw SystemError("inotify_init1") }
        var watches: [Int32] = []
        var refused: [SystemError] = []
        for folder in folders {
            let watch = unsafe holdfast_inotify_add(descriptor, folder)
            if watch >= 0 {
                watches.append(watch)
                continue
            }
            let error = SystemError("inotify_add_watch", folder)
            if !error.meansAbsence { refused.append(error) }
        }
        self.watches = watches
        self.refused = refused
    }

    deinit { close(descriptor) }

    /// Wakes who waits, for the last time.
    package func stop() {
        isStopped.store(true, ordering: .releasing)
        // The kernel tells of each watch that is taken away, which wakes the thread.
        for watch in watches { _ = holdfast_inotify_remove(descriptor, watch) }
    }

    /// Waits for the next changes.
    ///
    /// Blocks: call it from a thread of its own.
    /// - Parameter timeout: negative waits for ever.
    /// - Returns: whether there were some; false after `timeout` milliseconds without any, and once it was stopped.
    package func waits(milliseconds timeout: Int32) throws(SystemError) -> Bool {
        guard !isStopped.load(ordering: .acquiring) else { return false }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&entry, 1, timeout)
        guard ready >= 0 || errno == EINTR else { throw SystemError("poll", "inotify") }
        guard ready > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        _ = unsafe read(descriptor, &buffer, buffer.count)
        return !isStopped.load(ordering: .acquiring)
    }

    /// Lets changes gather after `waits`: a program that writes many files would wake the thread for each of them.
    ///
    /// Blocks: call it from a thread of its own.
    package func gather(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    /// Waits for the next changes, and then until there are no more.
    ///
    /// Blocks: call it from a thread of its own.
    /// - Parameters:
    ///   - timeout: how long it waits for the first one; negative waits for ever.
    ///   - quiet: how long there must be none.
    ///   - longest: how long it waits for that. All in milliseconds.
    package func settles(within timeout: Int32, quiet: Int32, longest: Int32) throws(SystemError) {
        guard try waits(milliseconds: timeout) else { return }
        let end = ContinuousClock.now + .milliseconds(Int(longest))
        while ContinuousClock.now < end, try waits(milliseconds: quiet) {}
    }
}
