import Codecs

/// Takes the listing of a device apart, piece by piece.
///
/// Records end with NUL. `@` and the device's clock in seconds and nanoseconds comes first; then the configuration, file by file, or `~`
/// where it is as the script's digest says; `=` ends the configuration; then come own paths, file by file.
package struct ListingDecoder: Sendable {
    /// A record is shorter than this, in bytes: no path and no target of a link comes near it.
    private static let recordLimit = 1 << 20
    /// Records that cannot be read and after which no more is expected of a listing.
    private static let patience = 1000

    private var rest: [UInt8] = []
    private var hash = PlainHash()
    private var settled = SettledTime.none
    /// When the listing began, in seconds since 1970 by the device's clock; nil when it did not tell.
    package private(set) var began: Int64?
    /// The rest of that second in nanoseconds; nil when the device's clock does not tell.
    package private(set) var nanoseconds: Int64?
    /// Records that could not be read.
    package private(set) var malformed = 0
    /// Whether the configuration is as the script's digest says, and therefore not listed.
    package private(set) var isKnown = false
    /// Digest of the configuration's records as `sha256sum` prints it; nil before they have come to their end.
    package private(set) var digest: String?
    /// Whether all of the configuration is settled and none of it is a socket.
    package private(set) var isSettled = true

    package init() {}

    /// Whether the listing ended with a whole record.
    package var isAtBoundary: Bool { rest.isEmpty }

    /// Whether so much of it could not be read that it is no listing at all.
    var isNonsense: Bool { malformed >= Self.patience }

    /// The files of the whole records that `piece` completes.
    package mutating func consume(_ piece: [UInt8]) -> [ListedFile] {
        var bytes = rest
        rest = []
        if bytes.isEmpty { bytes = piece } else { bytes.append(contentsOf: piece) }
        var files: [ListedFile] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0) {
            if let file = take(bytes[start..<end]) { files.append(file) }
            start = end + 1
        }
        rest = Array(bytes[start...])
        if rest.count >= Self.recordLimit {
            rest = []
            malformed += Self.patience
            isSettled = false
        }
        return files
    }

    private mutating func take(_ record: ArraySlice<UInt8>) -> ListedFile? {
        switch record.first {
        case UInt8(ascii: "@"):
            takeClock(record.dropFirst())
        case UInt8(ascii: "~"): isKnown = true
        case UInt8(ascii: "="): digest = hash.hex()
        default: return file(record)
        }
        return nil
    }

    private mutating func takeClock(_ words: ArraySlice<UInt8>) {
        let numbers = words.split(separator: 0x20).map { Int64(String(decoding: $0, as: UTF8.self)) }
        began = numbers.first.flatMap { $0 }.flatMap { $0 > 0 ? $0 : nil }
        nanoseconds = numbers.count == 2 ? numbers[1] : nil
        settled = began.map { SettledTime(listing: $0, nanoseconds: nanoseconds) } ?? .none
    }

    private mutating func file(_ record: ArraySlice<UInt8>) -> ListedFile? {
        if digest == nil {
            hash.update(record)
            hash.update([0])
        }
        guard let file = ListedFile(record: record) else {
            malformed += 1
            isSettled = false
            return nil
        }
        let isSocket = file.kind == UInt8(ascii: "s")
        let isOld = settled.contains(file.modified) && settled.contains(file.changed)
        if digest == nil, isSocket || !isOld { isSettled = false }
        return file
    }
}
