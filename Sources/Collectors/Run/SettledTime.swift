/// Tells which times of a file are so old that every change after a listing is sure to show in them.
///
/// A file that changed shortly before it was read may change again after that and keep its times: two changes within one
/// tick of a file system's clock have the same time. How long a tick is, a time shows itself: file systems that count
/// whole seconds, or pairs of them, have no fraction, those that count ten milliseconds nothing below a millisecond.
package struct SettledTime: Sendable {
    /// Longer than any tick of a file system whose times have fractions of a millisecond, in nanoseconds; the rest is for
    /// servers of files whose clock is a little behind the device's.
    private static let fineMargin: Int64 = 250_000_000
    /// Longer than any tick, in nanoseconds: two seconds, and one by which the device's clock may be cut.
    private static let coarseMargin: Int64 = 3_000_000_000

    private let fineLimit: Int64
    private let coarseLimit: Int64

    /// - Parameters:
    ///   - began: when the files were listed, in seconds since 1970 by the device's clock.
    ///   - nanoseconds: the rest of that second; nil where it is not known.
    package init(listing began: Int64, nanoseconds: Int64?) {
        let (whole, isBeyond) = began.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isBeyond, whole > 0, whole < Int64.max / 2 else {
            (fineLimit, coarseLimit) = (.min, .min)
            return
        }
        coarseLimit = whole - Self.coarseMargin
        fineLimit = nanoseconds.map { whole + min(max($0, 0), 999_999_999) - Self.fineMargin } ?? coarseLimit
    }

    /// No time at all.
    package static let none = SettledTime(listing: .min, nanoseconds: nil)

    /// Whether a file that has `time`, in nanoseconds since 1970, would have another one after any change.
    package func contains(_ time: Int64) -> Bool {
        time < (time % 1_000_000 == 0 ? coarseLimit : fineLimit)
    }
}
