/// One file as `find -printf` lists it: enough to tell whether it changed since an earlier backup.
package struct ListedFile: Sendable, Equatable {
    /// The `find -printf` format that `ListingDecoder` reads; records end with NUL, because names may hold anything
    /// else.
    ///
    /// - Parameter source: a number that says what the file was asked for by.
    package static func format(source: Int) -> String { "\(source) %y %m %U %G %s %T@ %C@ %p\\0" }

    /// What the file was asked for by: 0 fixed patterns, above that the number of the collector that found it plus one,
    /// above these own paths.
    package let source: Int
    /// `f` file, `d` folder, `l` link, `c`, `b`, `p`, `s` socket.
    package let kind: UInt8
    /// Permission, set-id and sticky bits.
    package let mode: UInt16
    package let userID: UInt32
    package let groupID: UInt32
    /// In bytes.
    package let size: Int64
    /// Nanoseconds since 1970, UTC.
    package let modified: Int64
    /// Last change of the inode, in nanoseconds since 1970, UTC.
    package let changed: Int64
    /// Absolute path, any bytes.
    package let path: [UInt8]

    /// Nil when `record` has not the format.
    init?(record: ArraySlice<UInt8>) {
        var cursor = Cursor(bytes: record)
        guard let source = cursor.number(radix: 10), let kind = cursor.letter(),
            let mode = cursor.number(radix: 8),
            let user = cursor.number(radix: 10),
            let group = cursor.number(radix: 10), let size = cursor.number(radix: 10),
            let modified = cursor.time(),
            let changed = cursor.time(), mode <= 0o7777, let userID = UInt32(exactly: user),
            let groupID = UInt32(exactly: group), cursor.bytes.first != nil
        else { return nil }
        self.source = Int(source)
        self.kind = kind
        self.mode = UInt16(mode)
        self.userID = userID
        self.groupID = groupID
        self.size = size
        self.modified = modified
        self.changed = changed
        path = Array(cursor.bytes.first == UInt8(ascii: ".") ? cursor.bytes.dropFirst() : cursor.bytes)
    }

    /// Reads the words of a record from the left.
    private struct Cursor {
        var bytes: ArraySlice<UInt8>

        mutating func letter() -> UInt8? {
            guard bytes.count > 2, bytes[bytes.startIndex + 1] == 0x20 else { return nil }
            defer { bytes = bytes.dropFirst(2) }
            return bytes.first
        }

        mutating func number(radix: Int64) -> Int64? {
            var value: Int64 = 0
            var index = bytes.startIndex
            while index < bytes.endIndex, bytes[index] != 0x20 {
                let digit = Int64(bytes[index]) - 0x30
                guard digit >= 0, digit < radix, value < Int64.max / 16 else { return nil }
                value = value * radix + digit
                index += 1
            }
            guard index > bytes.startIndex, index < bytes.endIndex else { return nil }
            bytes = bytes[(index + 1)...]
            return value
        }

        /// Seconds with a fraction of at least nine digits; earlier than 1970 is allowed, and what is too far away for
        /// nanoseconds is the furthest there is.
        mutating func time() -> Int64? {
            let isNegative = bytes.first == UInt8(ascii: "-")
            if isNegative { bytes = bytes.dropFirst() }
            var seconds: Int64 = 0
            var fraction: Int64 = 0
            var digits = -1
            var index = bytes.startIndex
            while index < bytes.endIndex, bytes[index] != 0x20 {
                if bytes[index] == UInt8(ascii: "."), digits < 0 {
                    digits = 0
                } else {
                    let digit = Int64(bytes[index]) - 0x30
                    guard digit >= 0, digit < 10, seconds < Int64.max / 16 else { return nil }
                    if digits < 0 {
                        seconds = seconds * 10 + digit
                    } else if digits < 9 {
                        fraction = fraction * 10 + digit
                        digits += 1
                    }
                }
                index += 1
            }
            guard index < bytes.endIndex, digits <= 0 || digits == 9 else { return nil }
            bytes = bytes[(index + 1)...]
            guard seconds < 9_000_000_000 else { return isNegative ? .min : .max }
            let value = seconds * 1_000_000_000 + fraction
            return isNegative ? -value : value
        }
    }
}
