import Glibc

/// Tells whether a folder's names are still those that were read.
///
/// A file system's clock stands still for some milliseconds, on some disks for two seconds: of a folder that changed that
/// lately, two states can bear the same time. Such a stamp stands for nothing. Where both times have parts of a millisecond
/// the clock is one of the former sort.
package struct FolderStamp: Sendable {
    private let disk: UInt64
    private let number: UInt64
    private let modified: Timestamp
    private let changed: Timestamp
    /// Whether the last change was long enough ago when this was taken.
    package let isSettled: Bool

    /// How long ago a change must be.
    private static let margin = Duration.seconds(3)
    /// The same for a clock that tells parts of a millisecond: some ticks of a kernel.
    private static let fineMargin = Duration.milliseconds(100)

    /// The stamp of the folder at `path`; nil where there is nothing.
    ///
    /// Take it before the names are read.
    package init?(of path: String) throws(SystemError) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        try self.init(of: path, at: Self.time(now))
    }

    /// The same as if it were taken at the time `now`.
    init?(of path: String, at now: Timestamp) throws(SystemError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError("stat", path)
        }
        self.init(status, at: now)
    }

    /// The stamps of all that lies in the folder at `path`, by name: at a fraction of what asking for each costs.
    package static func all(in path: String) throws(SystemError) -> [String: FolderStamp] {
        guard let stream = unsafe opendir(path) else { throw SystemError("opendir", path) }
        defer { unsafe _ = closedir(stream) }
        let folder = unsafe dirfd(stream)
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var stamps: [String: FolderStamp] = [:]
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            if name != ".", name != "..", unsafe fstatat(folder, name, &status, 0) == 0 {
                stamps[name] = FolderStamp(status, at: time(now))
            }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("readdir", path) }
        return stamps
    }

    private init(_ status: stat, at now: Timestamp) {
        disk = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        modified = Self.time(status.st_mtim)
        changed = Self.time(status.st_ctim)
        let isFine = [modified, changed].allSatisfy { !$0.nanoseconds.isMultiple(of: 1_000_000) }
        isSettled = now - max(modified, changed) > (isFine ? Self.fineMargin : Self.margin)
    }

    /// Whether no name came or went between this one and a later one.
    package func holds(at later: FolderStamp) -> Bool { isSettled && isEqual(to: later) }

    /// Whether both tell the same; a change within the same moment would not be seen.
    package func isEqual(to other: FolderStamp) -> Bool {
        disk == other.disk && number == other.number && modified == other.modified && changed == other.changed
    }

    /// What tells it from others in another process; nil where it stands for nothing.
    package var record: [Int64]? { isSettled ? numbers : nil }

    /// Whether no name came or went since the one was taken that has this record.
    package func holds(since record: [Int64]) -> Bool { numbers == record }

    private var numbers: [Int64] {
        [Int64(bitPattern: disk), Int64(bitPattern: number), modified.nanoseconds, changed.nanoseconds]
    }

    private static func time(_ time: timespec) -> Timestamp {
        let (whole, isTooFar) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = whole.addingReportingOverflow(Int64(time.tv_nsec))
        return isTooFar || isBeyond ? .furthest : Timestamp(nanoseconds: sum)
    }
}
