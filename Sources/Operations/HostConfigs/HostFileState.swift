import Basics
import Vault

/// What belongs to a file besides its bytes and its time.
struct HostFileState: Sendable {
    let mode: UInt32
    let owner: (user: UInt32, group: UInt32)
    /// Extended attributes by name, without labels, which the system gives by itself.
    let attributes: [[UInt8]: [UInt8]]

    /// Whether it came in from elsewhere, where whoever imported it owns it.
    private let isImported: Bool

    init(_ entry: FileEntry, isImported: Bool) {
        self.isImported = isImported
        mode = entry.mode
        owner = (entry.userID, entry.groupID)
        attributes = Self.named(FileAttribute.all(of: entry, isImported: isImported))
    }

    init(_ file: FileSnapshot) {
        isImported = false
        mode = file.mode
        owner = file.owner
        attributes = Self.named(file.attributes)
    }

    private static func named(_ all: [FileAttribute]) -> [[UInt8]: [UInt8]] {
        Dictionary(all.filter { !$0.isLabel }.map { ($0.nameBytes, $0.value) }) { first, _ in first }
    }

    /// Whether only this one says that it is root's, as root imported it for another account.
    func isRootsAlone(beside other: HostFileState) -> Bool {
        isImported && owner.user == 0 && other.owner.user != 0
    }

    /// What another one has otherwise, as phrases.
    func differences(from new: HostFileState) -> [String] {
        var found: [String] = []
        func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }
        if mode != new.mode { found.append("mode \(octal(mode)) → \(octal(new.mode))") }
        if owner != new.owner, !isRootsAlone(beside: new) {
            found.append("owner \(owner.user):\(owner.group) → \(new.owner.user):\(new.owner.group)")
        }
        for name in Set(attributes.keys).union(new.attributes.keys).sorted(by: {
            $0.lexicographicallyPrecedes($1)
        })
        where attributes[name] != new.attributes[name] {
            let how = attributes[name] == nil ? "added" : new.attributes[name] == nil ? "removed" : "changed"
            found.append("extended attribute ‘\(DeviceText.path(name))’ \(how)")
        }
        return found
    }
}

extension FileEntry.Attribute {
    /// What its name begins with in an archive.
    fileprivate static let prefix = Array("SCHILY.xattr.".utf8)

    /// Whether it is one of users, which gives no rights.
    var isOfUsers: Bool { name.starts(with: Self.prefix + Array("user.".utf8)) }
}

extension FileAttribute {
    /// Those of a file in a backup.
    /// - Parameter isImported: whether it came in from elsewhere: then none is among them that gives rights.
    static func all(of entry: FileEntry, isImported: Bool) -> [FileAttribute] {
        let prefix = FileEntry.Attribute.prefix
        let given = entry.attributes.filter { $0.name.starts(with: prefix) && (!isImported || $0.isOfUsers) }
        return given.map {
            FileAttribute(nameBytes: Array($0.name.dropFirst(prefix.count)), value: $0.value)
        }
    }
}
