/// Writes a pax tar archive piece by piece; a reader needs nothing but `tar` to unpack it.
///
/// - SeeAlso: POSIX.1-2017 pax.
package enum TarEncoder {
    /// The two zero blocks that end an archive.
    package static let end = [UInt8](repeating: 0, count: 1024)

    /// What follows content of `size` bytes up to the next block.
    package static func padding(after size: Int64) -> [UInt8] {
        [UInt8](repeating: 0, count: Int((512 - size % 512) % 512))
    }

    /// The header blocks of `entry`; its content and `padding` follow.
    ///
    /// The content has `size` bytes; that of a sparse file, whose `dataRuns` are not nil and aligned, has those of the runs only. Its
    /// map goes with the header, in GNU's format 1.0.
    /// - SeeAlso: GNU tar manual, “PAX Format, Version 1.0”.
    package static func header(_ entry: TarEntry) -> [UInt8] {
        var records: [UInt8] = []
        var link: [UInt8] = []
        var device = (0, 0)
        let type: Character
        switch entry.kind {
        case .file: type = "0"
        case .hardLink(let target): (type, link) = ("1", target)
        case .symbolicLink(let target): (type, link) = ("2", target)
        case .characterDevice(let major, let minor): (type, device) = ("3", (major, minor))
        case .blockDevice(let major, let minor): (type, device) = ("4", (major, minor))
        case .folder: type = "5"
        case .fifo: type = "6"
        }
        var path =
            entry.kind == .folder && entry.path.last != UInt8(ascii: "/") ? entry.path + [0x2F] : entry.path
        var size = entry.kind == .file ? entry.size : 0
        var map: [UInt8] = []
        if let runs = entry.dataRuns, entry.kind == .file {
            map = sparseMap(runs, size: size)
            records += record("GNU.sparse.major", [0x31]) + record("GNU.sparse.minor", [0x30])
            records += record("GNU.sparse.name", path)
            records += record("GNU.sparse.realsize", Array(String(size).utf8))
            // What a tar that knows nothing of it makes of it lies under another name.
            path = Array("./GNUSparseFile.0/".utf8) + (path.split(separator: 0x2F).last ?? [])
            size = runs.reduce(Int64(map.count)) { $0 + $1.length }
        }
        if path.count > 100 { records += record("path", path) }
        if link.count > 100 { records += record("linkpath", link) }
        if size >= 1 << 33 { records += record("size", Array(String(size).utf8)) }
        if entry.userID >= 1 << 21 { records += record("uid", Array(String(entry.userID).utf8)) }
        if entry.groupID >= 1 << 21 { records += record("gid", Array(String(entry.groupID).utf8)) }
        if entry.userName.utf8.count > 31 { records += record("uname", Array(entry.userName.utf8)) }
        if entry.groupName.utf8.count > 31 { records += record("gname", Array(entry.groupName.utf8)) }
        let isWhole =
            entry.modified % 1_000_000_000 == 0 && (0..<1 << 33).contains(entry.modified / 1_000_000_000)
        if !isWhole { records += record("mtime", Array(decimal(entry.modified).utf8)) }
        for (name, value) in entry.attributes {
            let isNamedWhole = name.hasPrefix("SCHILY.acl.") || name == "RHT.security.selinux"
            records += record(isNamedWhole ? name : "SCHILY.xattr." + name, value)
        }
        var blocks: [UInt8] = []
        if !records.isEmpty {
            blocks += block("./PaxHeaders/x", "x", Int64(records.count), mode: 0o644)
            blocks += records + padding(after: Int64(records.count))
        }
        return blocks
            + block(
                path, type, size, mode: entry.mode, link: link, ids: (entry.userID, entry.groupID),
                names: (entry.userName, entry.groupName), modified: max(0, entry.modified / 1_000_000_000),
                device: device) + map
    }

    /// The number of runs, then offset and length of each, one number a line, up to the next block.
    private static func sparseMap(_ runs: [TarEntry.DataRun], size: Int64) -> [UInt8] {
        // The last run tells where the file ends.
        let all = runs + [TarEntry.DataRun(offset: size, length: 0)]
        let numbers = [Int64(all.count)] + all.flatMap { [$0.offset, $0.length] }
        let map = Array(numbers.map { "\($0)\n" }.joined().utf8)
        return map + padding(after: Int64(map.count))
    }

    private static func decimal(_ nanoseconds: Int64) -> String {
        let fraction = String(nanoseconds.magnitude % 1_000_000_000)
        let sign = nanoseconds < 0 ? "-" : ""
        return
            "\(sign)\(nanoseconds.magnitude / 1_000_000_000).\(String(repeating: "0", count: 9 - fraction.count))\(fraction)"
    }

    /// A pax record, whose length counts its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = key.utf8.count + value.count + 3
        var length = rest + 1
        while String(length).utf8.count + rest != length { length += 1 }
        return Array("\(length) \(key)=".utf8) + value + [0x0A]
    }

    private static func block(_ path: String, _ type: Character, _ size: Int64, mode: UInt16) -> [UInt8] {
        block(
            Array(path.utf8), type, size, mode: mode, link: [], ids: (0, 0), names: ("", ""), modified: 0,
            device: (0, 0))
    }

    private static func block(
        _ path: [UInt8], _ type: Character, _ size: Int64, mode: UInt16, link: [UInt8], ids: (UInt32, UInt32),
        names: (String, String), modified: Int64, device: (Int, Int)
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int, limit: Int) {
            for (index, byte) in bytes.prefix(limit).enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int64, at offset: Int, digits: Int) {
            let text = String(value < 1 << (3 * Int64(digits)) ? value : 0, radix: 8)
            put((String(repeating: "0", count: digits - text.count) + text).utf8, at: offset, limit: digits)
        }
        put(path, at: 0, limit: 100)
        octal(Int64(mode), at: 100, digits: 7)
        octal(Int64(ids.0), at: 108, digits: 7)
        octal(Int64(ids.1), at: 116, digits: 7)
        octal(size, at: 124, digits: 11)
        octal(modified, at: 136, digits: 11)
        put([UInt8](repeating: 0x20, count: 8), at: 148, limit: 8)
        put(String(type).utf8, at: 156, limit: 1)
        put(link, at: 157, limit: 100)
        put("ustar\u{0}00".utf8, at: 257, limit: 8)
        put(names.0.utf8, at: 265, limit: 31)
        put(names.1.utf8, at: 297, limit: 31)
        octal(Int64(device.0), at: 329, digits: 7)
        octal(Int64(device.1), at: 337, digits: 7)
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put((String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ").utf8, at: 148, limit: 8)
        return block
    }
}
