/// The records of a pax extended header: `LENGTH KEY=VALUE\n`, values of any bytes.
///
/// - SeeAlso: POSIX.1-2017 pax, “pax Extended Header”.
struct PaxRecords {
    /// The most that all keys and values may take together, in bytes; headers for all members add up.
    private static let limit = 4 << 20
    /// The most keys: a file system takes a few hundred attributes of a file at best.
    private static let keyLimit = 4096

    /// A key with its value, but for the times; a member has at most a few, too few for a table.
    private var records: [(key: String, value: [UInt8])] = []
    private var size = 0

    /// GNU's sparse format 0.0 repeats keys; their values in order.
    private(set) var sparseNumbers: [Int64] = []

    /// When the content was changed, in nanoseconds since 1970; nil where that is not said, or not as a time.
    private(set) var modified: Int64?
    /// When the inode was changed, likewise.
    private(set) var changed: Int64?

    /// Adds the records of `bytes`; false when they are malformed, or more than any file has.
    mutating func add(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard let space = bytes[offset...].firstIndex(of: 0x20), space - offset <= 10,
                let length = Int(String(decoding: bytes[offset..<space], as: UTF8.self)),
                length > space - offset + 2,
                length <= bytes.count - offset, bytes[offset + length - 1] == 0x0A,
                let equals = bytes[space..<offset + length].firstIndex(of: UInt8(ascii: "="))
            else { return false }
            let name = bytes[space + 1..<equals]
            let text = bytes[equals + 1..<offset + length - 1]
            offset += length
            // Every member has these.
            if name.count == 5, name.last == UInt8(ascii: "e") {
                if name.elementsEqual("mtime".utf8) {
                    modified = Self.nanoseconds(text)
                    continue
                }
                if name.elementsEqual("ctime".utf8) {
                    changed = Self.nanoseconds(text)
                    continue
                }
                if name.elementsEqual("atime".utf8) { continue }
            }
            let key = String(decoding: name, as: UTF8.self)
            let value = Array(text)
            if key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes" {
                guard let number = Int64(String(decoding: value, as: UTF8.self)) else { return false }
                sparseNumbers.append(number)
                size += MemoryLayout<Int64>.size
            }
            size += value.count
            if let index = records.firstIndex(where: { $0.key == key }) {
                size -= records[index].value.count
                records[index].value = value
            } else {
                size += name.count
                records.append((key, value))
            }
            guard size <= Self.limit, records.count <= Self.keyLimit else { return false }
        }
        return true
    }

    func value(_ key: String) -> [UInt8]? {
        for record in records where record.key == key { return record.value }
        return nil
    }

    func text(_ key: String) -> String? { value(key).map { String(decoding: $0, as: UTF8.self) } }

    func number(_ key: String) -> Int64? { text(key).flatMap { Int64($0) } }

    /// Seconds that come near to what 64 bits can tell in nanoseconds.
    private static let furthest: Int64 = 9_000_000_000

    /// A time in seconds with an optional fraction, as nanoseconds; the furthest there is where it lies beyond.
    private static func nanoseconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        // Digits of the fraction so far; nil before the point.
        var digits: Int?
        var count = 0
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: "."), digits == nil {
                digits = 0
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            if let places = digits {
                if places < 9 {
                    fraction = fraction * 10 + Int64(byte - 0x30)
                    digits = places + 1
                }
            } else {
                seconds = min(seconds * 10 + Int64(byte - 0x30), Self.furthest)
                count += 1
            }
        }
        guard count > 0 else { return nil }
        guard seconds < Self.furthest else { return isNegative ? .min : .max }
        for _ in (digits ?? 0)..<9 { fraction *= 10 }
        let time = seconds * 1_000_000_000 + fraction
        return isNegative ? -time : time
    }

    /// Extended attributes: `SCHILY.xattr.NAME`, and ACLs as `SCHILY.acl.access` and `.default`.
    var attributes: [(name: String, value: [UInt8])] {
        guard !records.isEmpty else { return [] }
        var found: [(name: String, value: [UInt8])] = []
        for (key, value) in records {
            if key.hasPrefix("SCHILY.xattr.") { found.append((String(key.dropFirst(13)), value)) }
            if key.hasPrefix("SCHILY.acl.") || key == "RHT.security.selinux" { found.append((key, value)) }
        }
        return found.sorted { $0.name < $1.name }
    }
}
