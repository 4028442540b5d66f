import Basics
import HostConfig
import RemoteExecution
import Vault

/// The backups of one host's configuration on this machine, or on a device.
///
/// They are a series of their own in the vault: no device's retention counts them, and no device can have their name.
struct HostSeries: Sendable {
    private static let prefix = "host:"
    /// What a backup is called that a restore made of what it was about to change.
    static let safetyCopyNote = "before host-config restore"

    /// What a backup is called that was made before a program edited the file.
    static let preparedNote = "before an edit"

    /// What a backup is called that was made of what a restore put back by name.
    static let restoredNote = "after host-config restore"

    /// What a backup is called that was made of what a way back led to.
    static let rolledBackNote = "after host-config rollback"

    /// What a backup is called that has no file, because all were accepted as gone.
    static let acceptedNote = "accepted as gone"

    /// What a backup is called that was made when the last server was taken out.
    static let uninstalledNote = "after mcp uninstall"

    /// What a backup says behind a place whose file has fewer servers or none, as it is meant to be.
    static let settlement = " lacks servers, as it is meant to be."

    /// What a backup says behind a place whose file is gone, as it is meant to be.
    static let release = " was let go."

    /// The places of which a backup says something.
    static func places(in manifest: Manifest, before words: String) -> Set<String> {
        Set(manifest.notCovered.filter { $0.hasSuffix(words) }.map { String($0.dropLast(words.count)) })
    }

    let host: AssistantHost
    /// Nil for this machine.
    let device: DeviceName?

    /// What stands in the place of the device's name.
    var name: String { Self.prefix + host.id + Self.suffix(device) }

    init(_ host: AssistantHost, on device: DeviceName? = nil) {
        self.host = host
        self.device = device
    }

    /// What the names of all series of a machine end with.
    private static func suffix(_ device: DeviceName?) -> String { device.map { "@\($0)" } ?? "" }

    /// Which series are of these hosts, or of all where none is named, on a machine.
    private static func filter(
        _ hosts: [AssistantHost], on device: DeviceName?
    ) -> @Sendable (String) -> Bool {
        let names = Set(hosts.map { HostSeries($0, on: device).name })
        let end = suffix(device)
        return { name in
            guard names.isEmpty else { return names.contains(name) }
            return name.hasPrefix(prefix) && (end.isEmpty ? !name.contains("@") : name.hasSuffix(end))
        }
    }

    /// Whether a backup is one of a host's configuration.
    static func holds(_ backup: BackupSummary) -> Bool { isName(backup.device.name) }

    /// Whether a series of this name is one.
    static func isName(_ name: String) -> Bool { name.hasPrefix(prefix) }

    /// The id of the host that a backup is of; nil for one of a device.
    static func host(of backup: BackupSummary) -> String? {
        holds(backup) ? String(backup.device.name.dropFirst(prefix.count).prefix { $0 != "@" }) : nil
    }

    /// Its backups, newest first.
    func backups(in vault: Vault) async throws(VaultError) -> [BackupSummary] {
        try await vault.backups(of: name)
    }

    /// The backups of some hosts, or of all where none is named, by series, each newest first.
    static func all(
        of hosts: [AssistantHost], on device: DeviceName? = nil, in vault: Vault
    ) async throws(VaultError) -> [String: [BackupSummary]] {
        let isWanted = filter(hosts, on: device)
        return try await vault.series(beginning: prefix).filter { isWanted($0.key) }
    }

    /// The newest backups of some hosts, or of all where none is named, newest first, and how many there are in all.
    static func newest(
        _ limit: Int, of hosts: [AssistantHost], on device: DeviceName? = nil, in vault: Vault
    ) async throws(VaultError) -> (backups: [BackupSummary], total: Int) {
        try await vault.newest(limit, where: filter(hosts, on: device))
    }

    /// Whether a backup may be put back unasked: it is whole, and no copy of what was about to be changed.
    static func isSound(_ backup: BackupSummary) -> Bool {
        backup.status == .ok && backup.name != safetyCopyNote
    }

    /// Backups that cannot be read, as sentences with what to do: whose they are is not known.
    static func damage(in vault: Vault) async throws(VaultError) -> [String] {
        try await vault.damagedBackups().map(\.error.description)
    }

    /// The newest of its backups that is sound.
    func newestSound(in vault: Vault) async throws(VaultError) -> BackupSummary? {
        try await vault.newest(of: name, where: Self.isSound)
    }

    /// The newest of its backups.
    func newest(in vault: Vault) async throws(VaultError) -> BackupSummary? {
        try await vault.newest(of: name)
    }

    /// One file of a backup.
    struct File: Sendable {
        let entry: FileEntry
        /// Where it lay, links followed.
        let path: String
        let text: HostText
        /// The links of the backup.
        let links: [PlaceTrace.Link]

        var bytes: [UInt8] { text.bytes }
        /// The paths where the program read it.
        var places: [String] { PlaceTrace.places(of: path, by: links) }
    }

    /// A file of a backup that is not read yet, and the links of the backup.
    typealias Entry = (entry: FileEntry, path: String, links: [PlaceTrace.Link])

    /// The files of a backup, read back.
    /// - Throws: `vaultCorrupt`; `ioFailed` for a path that is no text.
    func files(of manifest: Manifest, in vault: Vault) async throws(OperationError) -> [File] {
        do {
            var files: [File] = []
            for entry in try await Self.entries(of: manifest, in: vault) {
                files.append(try await file(entry, in: vault))
            }
            return files
        } catch { throw OperationError(any: error) }
    }

    /// One of them.
    /// - Throws: `vaultCorrupt`.
    func file(_ file: Entry, in vault: Vault) async throws(OperationError) -> File {
        do {
            return File(
                entry: file.entry, path: file.path,
                text: HostText(try await vault.bytes(of: file.entry.content), of: host), links: file.links)
        } catch { throw OperationError(error) }
    }

    /// The files of a backup, not read yet, each with the links of the backup.
    /// - Throws: as `files`.
    static func entries(
        of manifest: Manifest, in vault: Vault
    ) async throws(OperationError) -> [Entry] {
        do { return try entries(try await vault.entries(of: manifest), of: manifest) } catch {
            throw OperationError(any: error)
        }
    }

    /// The files among the entries of a backup.
    /// - Throws: `vaultCorrupt` for one that is too large; `ioFailed` for a path that is no text.
    static func entries(_ all: [FileEntry], of manifest: Manifest) throws(OperationError) -> [Entry] {
        func text(_ bytes: [UInt8]) throws(OperationError) -> String {
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            throw OperationError(
                .ioFailed, "Backup \(manifest.id) has a path that is no text: \(DeviceText.path(bytes))")
        }
        var links: [PlaceTrace.Link] = []
        for entry in all where entry.kind == .symbolicLink {
            links.append(.init(path: try text(entry.path), target: try text(entry.linkTarget)))
        }
        var files: [Entry] = []
        for entry in all where entry.kind == .file {
            guard entry.size <= Int64(HostSituation.limit) else {
                throw OperationError(
                    .vaultCorrupt,
                    "Backup \(manifest.id) holds a file larger than any it could have: \(ByteCount(entry.size))"
                )
            }
            files.append((entry, try text(entry.path), links))
        }
        // Earlier backups have the first of several links alone.
        if let file = files.first, files.count == 1, links.count == 1,
            PlaceTrace.places(of: file.path, by: links) == [file.path]
        {
            files[0].links = [.init(path: links[0].path, target: file.path)]
        }
        return files
    }

    /// Where it is, for people.
    private var place: String { device.map { " on \($0)" } ?? "" }

    /// What names the device on a command line.
    var option: String { device.map { " --device \($0)" } ?? "" }

    /// The backup that `text` means; where it is nil the newest one that is sound and no safety copy.
    ///
    /// A file that was wiped is backed up as well, and never put back unasked.
    /// - Throws: `backupUnknown`, `backupAmbiguous`.
    func manifest(_ text: String?, in vault: Vault) async throws(OperationError) -> Manifest {
        do {
            if let text {
                let manifest = try await named(text, in: vault)
                guard manifest.summary.device.name == name else {
                    throw OperationError(
                        .backupUnknown,
                        "Backup \(manifest.id) is not one of \(host.title)’s configuration\(place)",
                        hint: "Run: holdfast host-config list \(host.id)\(option)")
                }
                return manifest
            }
            guard let newest = try await newestSound(in: vault) else {
                let unsound = try await self.newest(in: vault)
                    .map { "Name one with --backup; the newest is \($0.id)." }
                throw OperationError(
                    .backupUnknown,
                    "There is no \(unsound == nil ? "" : "sound ")backup of \(host.title)’s configuration\(place)",
                    hint: unsound ?? "Make one with: holdfast host-config backup \(host.id)\(option)")
            }
            return try await vault.manifest(newest.id)
        } catch { throw OperationError(any: error) }
    }
}
