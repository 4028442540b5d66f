/// One file, folder or link of a backup, with everything needed to make it again.
package struct FileEntry: Sendable, Equatable {
    /// What it is.
    package enum Kind: UInt8, Sendable, CaseIterable {
        case file = 0
        case folder = 1
        case symbolicLink = 2
        /// Another name of the file `linkTarget`, which is in the same backup.
        case hardLink = 3
        case characterDevice = 4
        case blockDevice = 5
        case pipe = 6
        case socket = 7

        /// What it is called in a sentence.
        package var words: String {
            switch self {
            case .symbolicLink: "symbolic link"
            case .hardLink: "hard link"
            case .characterDevice: "character device"
            case .blockDevice: "block device"
            case .file, .folder, .pipe, .socket: "\(self)"
            }
        }
    }

    /// The kernel's numbers of a device node.
    package struct DeviceNumber: Sendable, Equatable {
        package var major: UInt32
        package var minor: UInt32

        package init(major: UInt32, minor: UInt32) {
            self.major = major
            self.minor = minor
        }
    }

    /// An extended attribute, as a pax header spells it.
    ///
    /// `SCHILY.xattr.user.comment`, `SCHILY.acl.access` …
    package struct Attribute: Sendable, Equatable {
        package var name: [UInt8]
        package var value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// A stretch of a sparse file that holds data.
    package struct Extent: Sendable, Equatable {
        /// Where it begins in the file, in bytes.
        package var offset: Int64
        package var length: Int64

        package init(offset: Int64, length: Int64) {
            self.offset = offset
            self.length = length
        }
    }

    /// The absolute path on the device: any bytes but NUL.
    package var path: [UInt8]
    package var kind: Kind
    /// Permission bits with setuid, setgid and sticky: 0…0o7777.
    package var mode: UInt32
    package var userID: UInt32
    package var groupID: UInt32
    /// The owner's name on the device (`DeviceText`); empty when it had none.
    package var user: String
    /// The group's name on the device (`DeviceText`); empty when it had none.
    package var group: String
    /// Length of the file in bytes, holes included; 0 for everything that is no file.
    package var size: Int64
    /// When the content last changed: nanoseconds since 1970, UTC.
    package var modified: Int64
    /// When content or properties last changed: nanoseconds since 1970, UTC; 0 when unknown.
    package var changed: Int64
    /// 0 when unknown.
    package var inode: UInt64
    /// Where a link points: any bytes but NUL.
    package var linkTarget: [UInt8]
    /// For device nodes.
    package var device: DeviceNumber?
    /// In the order in which the device gave them.
    package var attributes: [Attribute]
    /// The stretches with data of a sparse file, in order; nil for a file without holes.
    package var extents: [Extent]?
    /// The pieces whose concatenation is the content (of the extents, for a sparse file).
    package var content: [ContentRef]
    /// Index of the section it belongs to, within the manifest's `sections`.
    package var section: Int

    package init(
        path: [UInt8], kind: Kind, mode: UInt32 = 0, userID: UInt32 = 0, groupID: UInt32 = 0,
        user: String = "", group: String = "", size: Int64 = 0, modified: Int64 = 0, changed: Int64 = 0,
        inode: UInt64 = 0, linkTarget: [UInt8] = [], device: DeviceNumber? = nil,
        attributes: [Attribute] = [], extents: [Extent]? = nil, content: [ContentRef] = [], section: Int = 0
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
        self.user = user
        self.group = group
        self.size = size
        self.modified = modified
        self.changed = changed
        self.inode = inode
        self.linkTarget = linkTarget
        self.device = device
        self.attributes = attributes
        self.extents = extents
        self.content = content
        self.section = section
    }

    /// Bytes of content that are stored for it: the size without the holes.
    package var storedLength: Int64 { content.reduce(0) { $0 + Int64($1.length) } }

    /// Whether what is stored is as long as the entry says, and its extents lie in order within its size.
    package var isComplete: Bool {
        guard kind == .file else { return content.isEmpty }
        // No object is longer; sums of what is cannot overflow.
        guard content.allSatisfy({ $0.length <= PackFormat.blockLimit }) else { return false }
        guard let extents else { return storedLength == size }
        var end: Int64 = 0
        var length: Int64 = 0
        for extent in extents {
            let (next, isBeyond) = extent.offset.addingReportingOverflow(extent.length)
            guard extent.offset >= end, extent.length >= 0, !isBeyond, next <= size else { return false }
            end = next
            length += extent.length
        }
        return storedLength == length
    }
}
