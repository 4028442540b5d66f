import Basics
import RemoteExecution

/// A backup that another program made, on its way into the vault.
///
/// It becomes one of a series of its own, named after that program and what it is of: a device of that name is another
/// thing, and no `latest` ever means it.
struct ForeignBackup {
    /// One file of it.
    struct File {
        let path: String
        let content: Content
        /// Nanoseconds since 1970.
        var modified: Int64 = 0
    }

    /// Where a file's bytes are.
    enum Content {
        case bytes([UInt8])
        /// In a file of this machine.
        case file(String)
    }

    let origin: ImportBackups.Source
    /// What it is of.
    let device: DeviceName
    let made: Timestamp
    /// What it is called.
    let name: String
    var files: [File] = []
    /// What is doubtful about it, as phrases; it is `partial` then.
    var doubts: [String] = []
    var notCovered: [String] = []

    /// What stands in the place of the device's name.
    var series: String { "\(origin.rawValue):\(device)" }

    /// A name from elsewhere as one part of a path; nil for what could be anything else.
    static func part(_ name: String) -> String? {
        let isPlain =
            !name.isEmpty && ![".", ".."].contains(name) && name.utf8.count <= 200
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x2F && $0 != 0x7F }
        return isPlain ? name : nil
    }
}

/// What a file or folder of another program holds.
struct ForeignBackups {
    var backups: [ForeignBackup] = []
    /// What was not taken, with the reason.
    var skipped: [String] = []
}
