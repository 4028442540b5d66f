import Basics
import HostConfig
import Vault

/// A backup of a host's configuration on its way into the vault or out of it.
struct HostCopy {
    /// One file of it.
    struct File: Sendable {
        var path: String
        let bytes: [UInt8]
        let mode: UInt32
        var owner: (user: UInt32, group: UInt32)
        /// Nanoseconds since 1970.
        let modified: Int64
        var attributes: [FileEntry.Attribute]
        /// The links that it was reached through.
        var links: [PlaceTrace.Link] = []
        /// Where the program read it, of one that comes from elsewhere; nil where that is not known to differ.
        var place: String?
        /// Whether that was the program's own place where it comes from; nil where that is not known.
        var isOwn: Bool?
        /// What it had lost already when it was kept, as a phrase without its path.
        var loss: String?
        /// Whether it has fewer servers than it had, as it is meant to be.
        var isSettled = false
        /// The owner's names, where they are another machine's.
        var ownerNames: (user: String, group: String) = ("", "")
    }

    let host: AssistantHost
    var made: Timestamp
    let name: String
    var files: [File]
    /// What is doubtful about it, as phrases; it is `partial` then.
    var doubts: [String] = []
    /// Places whose file is gone, as it is meant to be.
    var released: [String] = []
    /// The same of one that comes from elsewhere, and whether they are the program's own places there.
    var gone: [(place: String, isOwn: Bool)] = []
    /// Places whose file lost servers, as it is meant to be.
    var settled: [String] = []
    /// What it says of older backups; nil for nothing.
    var mark: HostMark?
    /// Which way it came into this vault.
    var origin = HostOrigin.here
    /// Where one of its files belongs because somebody said so, in all spellings; empty where nobody did.
    var named: Set<String> = []
    /// The time that it says it was made at, where that is not believed.
    var saidTime: Timestamp?

    /// What the texts say is doubtful.
    static func doubts(_ files: [File], of host: AssistantHost) -> [String] {
        files.compactMap { file in
            let text = HostText(file.bytes, of: host)
            guard !text.isUnderstood, !text.isUnjudged else { return nil }
            return "\(file.path): \(text.reason.isEmpty ? "\(text.state)" : text.reason)"
        }
    }
}

extension HostCopy.File {
    /// Where the program read it.
    var origin: String { place ?? path }

    init(_ file: FileSnapshot, links: [PlaceTrace.Link]) {
        self.init(
            path: file.path, bytes: file.bytes, mode: file.mode, owner: file.owner, modified: file.modified,
            attributes: file.attributes.map {
                FileEntry.Attribute(name: Array("SCHILY.xattr.".utf8) + $0.nameBytes, value: $0.value)
            }, links: links)
    }

    init(_ file: HostSeries.File) {
        self.init(
            path: file.path, bytes: file.bytes, mode: file.entry.mode,
            owner: (file.entry.userID, file.entry.groupID), modified: file.entry.modified,
            attributes: file.entry.attributes, links: file.links)
        place = file.places.first { $0 != file.path }
    }

    /// Whether it has the same owner and the same extended attributes.
    func isOwned(as entry: FileEntry) -> Bool {
        func named(_ all: [FileEntry.Attribute]) -> [[UInt8]: [UInt8]] {
            Dictionary(all.map { ($0.name, $0.value) }) { first, _ in first }
        }
        return owner == (entry.userID, entry.groupID) && named(attributes) == named(entry.attributes)
    }

    /// As the vault has it.
    func entries(_ content: [ContentRef]) -> [FileEntry] {
        let own = FileEntry(
            path: Array(path.utf8), kind: .file, mode: mode, userID: owner.user, groupID: owner.group,
            user: ownerNames.user, group: ownerNames.group, size: Int64(bytes.count), modified: modified,
            attributes: attributes, content: content)
        return [own]
            + links.map { link in
                FileEntry(
                    path: Array(link.path.utf8), kind: .symbolicLink, mode: 0o777,
                    linkTarget: Array(link.target.utf8))
            }
    }
}
