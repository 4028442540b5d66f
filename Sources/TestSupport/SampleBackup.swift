package import Basics
package import Vault

/// A small backup with one of everything, for tests of the vault.
package struct SampleBackup: Sendable {
    /// Path and content of each file.
    package var files: [(path: String, content: [UInt8])]
    package var device: String
    package var name: String

    /// - Parameter seed: other seeds give other contents, of which about half stay the same.
    package init(device: String = "web1", name: String = "", seed: UInt8 = 0, count: Int = 12) {
        self.device = device
        self.name = name
        files = (0..<count).map { number in
            let text = number.isMultiple(of: 2) ? "shared \(number)" : "own \(number) of \(seed)"
            return ("/etc/conf.d/file\(number)", Array((text + "\n").utf8))
        }
        files.append(("/etc/empty", []))
    }

    /// Stores the contents and commits.
    package func commit(to writer: VaultWriter, at time: Timestamp) async throws -> Manifest {
        let pieces = try await writer.store(contents: files.map(\.content))
        let inventory = try await writer.store(
            contents: [Array("{\"device\":\"\(device)\"}".utf8)], as: .record)
        var entries = zip(files, pieces).map { file, content in
            FileEntry(
                path: Array(file.path.utf8), kind: .file, mode: 0o640, userID: 0, groupID: 42, user: "root",
                group: "shadow", size: Int64(file.content.count), modified: 1_700_000_000_123_456_789,
                changed: 1_700_000_001_000_000_000, inode: 77, content: content)
        }
        entries += Self.specials
        let section = SectionRecord(
            name: "configuration", status: .ok, inventory: inventory[0],
            captures: [.init(probe: "os-release", outcome: "exited:0", output: inventory[0])],
            files: files.count, bytes: files.reduce(0) { $0 + Int64($1.content.count) })
        return try await writer.commit(
            BackupDraft(
                name: name, device: BackupDevice(name: device, machineID: "0123456789abcdef"), started: time,
                finished: time + .seconds(2), status: .ok, tool: "test", sections: [section],
                notCovered: ["/proc is not read"], entries: entries))
    }

    /// Entries of every kind but files, with awkward names.
    package static let specials: [FileEntry] = [
        FileEntry(path: Array("/etc".utf8), kind: .folder, mode: 0o755, modified: 5, changed: 5, inode: 2),
        FileEntry(
            path: Array("/etc/a b\nc".utf8) + [0xFF], kind: .symbolicLink, mode: 0o777,
            linkTarget: [0x2E, 0x2E, 0xFE]),
        FileEntry(
            path: Array("/etc/conf.d/hard".utf8), kind: .hardLink, mode: 0o640,
            linkTarget: Array("/etc/conf.d/file0".utf8)),
        FileEntry(
            path: Array("/dev/null0".utf8), kind: .characterDevice, mode: 0o666,
            device: .init(major: 1, minor: 3)),
        FileEntry(path: Array("/run/pipe".utf8), kind: .pipe, mode: 0o600, modified: -1),
        FileEntry(
            path: Array("/etc/$(touch pwned)".utf8), kind: .folder, mode: 0o1777,
            attributes: [.init(name: Array("SCHILY.acl.access".utf8), value: Array("user::rw-".utf8))]),
    ]
}
