package import Basics
import Codecs
import Glibc

/// Who writes to a vault, as its lock file says.
package struct LockHolder: Sendable, Equatable {
    package var processID: Int32
    package var host: String
    /// What is being done, for people: `backup create web1`.
    package var what: String
    package var since: Timestamp

    /// This process.
    static func current(what: String, since: Timestamp) -> LockHolder {
        LockHolder(processID: getpid(), host: ProcessEnvironment.hostName, what: what, since: since)
    }

    init(processID: Int32, host: String, what: String, since: Timestamp) {
        self.processID = processID
        self.host = host
        self.what = what
        self.since = since
    }

    /// Nil when `bytes` are not what `json` writes.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes),
            let id = json["pid"]?.int.flatMap(Int32.init(exactly:)),
            let host = json["host"]?.string, let what = json["what"]?.string,
            let since = json["since"]?.string.flatMap(Timestamp.init)
        else { return nil }
        self.init(processID: id, host: host, what: what, since: since)
    }

    /// A line for the lock's file, other each time.
    var note: [UInt8] {
        let turn = JSONValue.string(Hex.string(SecureRandom.bytes(8)))
        return JSONWriter.bytes(.object((json.object ?? [:]).merging(["turn": turn]) { _, new in new })) + [
            0x0A
        ]
    }

    var json: JSONValue {
        .object([
            "pid": .int(Int64(processID)), "host": .string(host), "what": .string(what), "since": since.json,
        ])
    }
}

/// The lock of a vault's one writer.
enum WriterLock {
    /// Takes the lock.
    /// - Throws: `locked`, naming the holder.
    static func take(
        _ files: any VaultFiles, what: String, at time: Timestamp
    ) throws(VaultError) -> any VaultLock {
        let holder = LockHolder.current(what: what, since: time)
        if let lock = try files.lock(note: holder.note) {
            // A copy of a vault may have lost its empty folders.
            let names = Set(try files.items(in: "").map(\.name))
            for folder in VaultPath.folders where !names.contains(folder) {
                _ = try files.createFolder(folder)
                try files.sync(folder: "")
            }
            return lock
        }
        guard let other = LockHolder(try files.lockNote()) else {
            throw VaultError(
                .locked, "Another process writes to the vault at \(files.location)",
                hint: "Wait until it is done.")
        }
        throw VaultError(
            .locked,
            "The vault at \(files.location) is being written to: \(other.what), process \(other.processID)"
                + " on \(other.host), since \(other.since)",
            hint: "Wait until it is done; a lock of a dead process goes away by itself.")
    }
}
