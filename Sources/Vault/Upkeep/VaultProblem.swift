/// Something in a vault that is not as it was written.
package struct VaultProblem: Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and where, as a sentence without a full stop.
    package var message: String
    /// The file inside the vault; empty when the problem is about none.
    package var path: String
    /// Where in the file, in bytes; nil for the whole file.
    package var offset: Int64?
    /// The backups that cannot be restored completely because of it.
    package var backups: [BackupID]
    /// The first few paths on the device that are affected, with their backup's id in front.
    package var files: [String]
    /// What mends it, as a sentence; empty where it is the same as for all damage.
    package var remedy: String

    package init(
        _ message: String, path: String = "", offset: Int64? = nil, backups: [BackupID] = [],
        files: [String] = [], remedy: String = ""
    ) {
        self.message = message
        self.path = path
        self.offset = offset
        self.backups = backups
        self.files = files
        self.remedy = remedy
    }

    init(_ error: VaultError, backups: [BackupID] = [], remedy: String = "") {
        self.init(error.message, path: error.path, backups: backups, remedy: remedy)
    }

    package var description: String { message }
}

extension [VaultProblem] {
    /// The first few as one sentence without a full stop, and how many more there are.
    package var sentence: String {
        let most = 5
        let named = prefix(most).map(\.message).joined(separator: "; ")
        return count > most ? "\(named); and \(count - most) more" : named
    }
}
