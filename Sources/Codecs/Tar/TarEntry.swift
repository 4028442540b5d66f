/// The header of one member of a tar archive.
package struct TarEntry: Sendable, Equatable {
    /// What a member is.
    package enum Kind: Sendable, Equatable {
        case file
        case folder
        case symbolicLink(target: [UInt8])
        /// Another name of a member that came before.
        case hardLink(target: [UInt8])
        case characterDevice(major: Int, minor: Int)
        case blockDevice(major: Int, minor: Int)
        case fifo
    }

    /// A run of content bytes of a sparse file; all between the runs is zero.
    package struct DataRun: Sendable, Equatable {
        /// Offset in the file, in bytes.
        package let offset: Int64
        /// Length, in bytes.
        package let length: Int64

        package init(offset: Int64, length: Int64) {
            self.offset = offset
            self.length = length
        }

        /// Whether an archive can hold `runs`: GNU tar begins each at a block, and nothing tells of the bytes between.
        package static func areAligned(_ runs: [DataRun]) -> Bool {
            runs.dropLast().allSatisfy { $0.length.isMultiple(of: 512) }
        }
    }

    /// The name as stored, any bytes.
    package var path: [UInt8]
    package var kind: Kind
    /// Permission, set-id and sticky bits only, 0…0o7777.
    package var mode: UInt16
    package var userID: UInt32
    package var groupID: UInt32
    /// Names on the machine the archive was made on; may be empty.
    package var userName: String
    package var groupName: String
    /// Content in bytes, holes included.
    package var size: Int64
    /// Nanoseconds since 1970, UTC.
    package var modified: Int64
    /// Last change of the inode, in nanoseconds since 1970; nil where the archive does not tell.
    package var changed: Int64?
    /// Extended attributes, ACLs among them, by full name; sorted by name.
    package var attributes: [(name: String, value: [UInt8])]
    /// The runs that the archive holds of a sparse file; nil for an ordinary file.
    package var dataRuns: [DataRun]?

    package init(
        path: [UInt8], kind: Kind, mode: UInt16 = 0o644, userID: UInt32 = 0, groupID: UInt32 = 0,
        userName: String = "", groupName: String = "", size: Int64 = 0, modified: Int64 = 0,
        changed: Int64? = nil,
        attributes: [(name: String, value: [UInt8])] = [], dataRuns: [DataRun]? = nil
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
        self.userName = userName
        self.groupName = groupName
        self.size = size
        self.modified = modified
        self.changed = changed
        self.attributes = attributes
        self.dataRuns = dataRuns
    }

    package static func == (left: TarEntry, right: TarEntry) -> Bool {
        left.path == right.path && left.kind == right.kind && left.mode == right.mode
            && left.userID == right.userID
            && left.groupID == right.groupID && left.userName == right.userName
            && left.groupName == right.groupName
            && left.size == right.size && left.modified == right.modified && left.changed == right.changed
            && left.attributes.elementsEqual(right.attributes) { $0.name == $1.name && $0.value == $1.value }
            && left.dataRuns == right.dataRuns
    }
}

/// Why a stream is no tar archive, or not a whole one.
package struct TarError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, as a sentence without a full stop.
    package let reason: String
    /// Offset in the archive, in bytes.
    package let offset: Int64

    package var description: String { "\(reason) at byte \(offset) of the archive" }
}
