/// The records of a pax extended header: `LENGTH KEY=VALUE\n`, values of any bytes.
///
/// - SeeAlso: POSIX.1-2017 pax, “pax Extended Header”.
struct PaxRecords {
    private(set) var values: [String: [UInt8]] = [:]

    /// GNU's sparse format 0.0 repeats keys; their values in order.
    private(set) var sparseNumbers: [Int64] = []

    /// Adds the records of `bytes`; false when they are malformed.
    mutating func add(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard let space = bytes[offset...].firstIndex(of: 0x20), space - offset <= 10,
                let length = Int(String(decoding: bytes[offset..<space], as: UTF8.self)),
                length > space - offset + 2,
                length <= bytes.count - offset, bytes[offset + length - 1] == 0x0A,
                let equals = bytes[space..<offset + length].firstIndex(of: UInt8(ascii: "="))
            else { return false }
            let key = String(decoding: bytes[space + 1..<equals], as: UTF8.self)
            let value = Array(bytes[equals + 1..<offset + length - 1])
            if key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes" {
                guard let number = Int64(String(decoding: value, as: UTF8.self)) else { return false }
                sparseNumbers.append(number)
            }
            values[key] = value
            offset += length
        }
        return true
    }

    func text(_ key: String) -> String? { values[key].map { String(decoding: $0, as: UTF8.self) } }

    func number(_ key: String) -> Int64? { text(key).flatMap { Int64($0) } }

    /// A time in seconds with an optional fraction, as nanoseconds.
    func nanoseconds(_ key: String) -> Int64? {
        guard let text = text(key) else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(parts[0]), abs(seconds) < 9_000_000_000 else { return nil }
        let digits = (parts.count > 1 ? String(parts[1].prefix(9)) : "")
        let padded = digits + String(repeating: "0", count: 9 - digits.count)
        guard let fraction = Int64(padded) else { return nil }
        return seconds * 1_000_000_000 + (parts[0].hasPrefix("-") ? -fraction : fraction)
    }

    /// Extended attributes: `SCHILY.xattr.NAME`, and ACLs as `SCHILY.acl.access` and `.default`.
    var attributes: [(name: String, value: [UInt8])] {
        var found: [(name: String, value: [UInt8])] = []
        for (key, value) in values {
            if key.hasPrefix("SCHILY.xattr.") { found.append((String(key.dropFirst(13)), value)) }
            if key.hasPrefix("SCHILY.acl.") || key == "RHT.security.selinux" { found.append((key, value)) }
        }
        return found.sorted { $0.name < $1.name }
    }
}
