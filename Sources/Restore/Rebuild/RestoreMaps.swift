import Basics
package import Vault

/// All maps of a restore, and what they make of a backup.
package struct RestoreMaps: Sendable, Equatable {
    /// Longest text that is rewritten, in bytes.
    package static let textLimit: Int64 = 1 << 20

    package let maps: [RestoreMap]

    package init(_ maps: [RestoreMap]) { self.maps = maps }

    /// Reads the stored forms; nil when one of them is none.
    package init?(stored: [String]) {
        let maps = stored.compactMap(RestoreMap.init(stored:))
        guard maps.count == stored.count else { return nil }
        self.maps = maps
    }

    package var isEmpty: Bool { maps.isEmpty }

    /// The name that a user has on the other machine.
    package func user(_ name: String) -> String {
        maps.first { $0.kind == .user && $0.from == name }?.to ?? name
    }

    /// The accounts of the backup under the names they have on the other machine.
    package func accounts(_ table: AccountTable) -> AccountTable {
        var mapped = table
        for map in maps where map.kind == .user {
            if var user = mapped.users.removeValue(forKey: map.from) {
                user.name = map.to
                mapped.users[map.to] = user
            }
            // A group of the user's own goes with it.
            if var group = mapped.groups.removeValue(forKey: map.from) {
                group.name = map.to
                mapped.groups[map.to] = mapped.groups[map.to] ?? group
            }
        }
        mapped.groups = mapped.groups.mapValues { group in
            var group = group
            group.members = Set(group.members.map(user))
            return group
        }
        return mapped
    }

    /// The entry with the owner and the place it has on the other machine.
    package func applied(to entry: FileEntry) -> FileEntry {
        var entry = entry
        entry.path = moved(entry.path)
        if entry.kind == .hardLink
            || entry.kind == .symbolicLink && entry.linkTarget.first == UInt8(ascii: "/")
        {
            entry.linkTarget = moved(entry.linkTarget)
        }
        for map in maps where map.kind == .user {
            if entry.group == entry.user, entry.group == map.from { entry.group = map.to }
            if entry.user == map.from { entry.user = map.to }
        }
        return entry
    }

    /// Where a path goes; tables of cron have the names of their users.
    private func moved(_ path: [UInt8]) -> [UInt8] {
        for folder in ["/var/spool/cron/crontabs/", "/var/spool/cron/", "/etc/crontabs/"]
        where path.starts(with: folder.utf8) {
            let name = DeviceText.string(Array(path.dropFirst(folder.utf8.count)))
            let mapped = user(name)
            if mapped != name { return Array(folder.utf8) + Array(mapped.utf8) }
        }
        let paths = maps.filter { $0.kind == .path }.sorted { $0.from.utf8.count > $1.from.utf8.count }
        for map in paths {
            let from = Array(map.from.utf8)
            if path == from { return Array(map.to.utf8) }
            if path.starts(with: from + [UInt8(ascii: "/")]) {
                return Array(map.to.utf8) + path.dropFirst(from.count)
            }
        }
        return path
    }

    // MARK: Text

    /// Whether maps change text at all.
    package var changesText: Bool { maps.contains { $0.kind == .interface || $0.kind == .address } }

    /// Whether the text of this file may be changed: configuration that is carried over.
    package static func isConfiguration(_ entry: FileEntry) -> Bool {
        entry.kind == .file && entry.extents == nil && entry.size <= textLimit && entry.size > 0
            && entry.path.starts(with: "/etc/".utf8) && OtherMachine.part(keeping: entry.path) == nil
    }

    /// The text with names changed as whole words, and which maps found something.
    package func changed(_ bytes: [UInt8]) -> (bytes: [UInt8], used: Set<String>) {
        guard !bytes.contains(0) else { return (bytes, []) }
        var used: Set<String> = []
        var result: [UInt8] = []
        var index = 0
        let texts = maps.filter { $0.kind == .interface || $0.kind == .address }
            .sorted { $0.from.utf8.count > $1.from.utf8.count }
        scan: while index < bytes.count {
            for map in texts where Self.stands(Array(map.from.utf8), in: bytes, at: index, map.kind) {
                result += Array(map.to.utf8)
                index += map.from.utf8.count
                used.insert(map.text)
                continue scan
            }
            result.append(bytes[index])
            index += 1
        }
        return (result, used)
    }

    private static func stands(_ word: [UInt8], in bytes: [UInt8], at index: Int, _ kind: RestoreMap.Kind)
        -> Bool
    {
        guard bytes[index] == word[0], bytes.count - index >= word.count,
            bytes[index..<index + word.count].elementsEqual(word)
        else { return false }
        let before = index > 0 ? bytes[index - 1] : UInt8(ascii: " ")
        let end = index + word.count
        let after = end < bytes.count ? bytes[end] : UInt8(ascii: " ")
        guard kind == .address else { return !isWord(before) && !isWord(after) }
        if word.contains(UInt8(ascii: ":")) {
            return !isHex(before) && before != UInt8(ascii: ":") && !isHex(after)
                && after != UInt8(ascii: ":")
        }
        let next = end + 1 < bytes.count ? bytes[end + 1] : UInt8(ascii: " ")
        let goesOn = after == UInt8(ascii: ".") && isDigit(next)
        return !isDigit(before) && before != UInt8(ascii: ".") && !isDigit(after) && !goesOn
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte & 0xDF)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
