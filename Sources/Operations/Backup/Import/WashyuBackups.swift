import Basics
import RemoteExecution

/// Backups that washyu's server for homelabs made: one JSON file each, with all devices in it.
///
/// The whole record of a device comes along as it is; what stands for files and texts of the device lies beside it.
enum WashyuBackups {
    /// The file that holds the whole record of a device.
    static let record = "/washyu.json"

    /// The largest file that is read, in bytes.
    private static let limit = 256 << 20
    /// Texts of a record, and the file that each becomes.
    private static let texts = [
        ("system_config", "crontab", "/crontab"), ("system_config", "ssh", "/etc/ssh/sshd_config"),
        ("network_config", "interfaces", "/network-interfaces.txt"),
        ("network_config", "firewall", "/ufw-status.txt"), ("network_config", "dns", "/etc/resolv.conf"),
    ]

    static func read(_ path: String) throws(OperationError) -> ForeignBackups {
        let json: JSONValue
        do {
            guard let bytes = try AtomicFile.read(path, limit: limit) else {
                throw OperationError(.fileUnknown, "There is no file \(path)")
            }
            json = try JSONParser.parse(bytes)
        } catch let error as OperationError {
            throw error
        } catch let error as SystemError {
            throw OperationError(.ioFailed, "\(path) cannot be read: \(error.reason)")
        } catch {
            throw OperationError(.fileInvalid, "\(path) is no backup of washyu’s: \(error)")
        }
        guard let id = json["backup_id"]?.string, let devices = json["devices"]?.object,
            let created = json["created_at"]?.string
        else {
            throw OperationError(
                .fileInvalid, "\(path) is no backup of washyu’s: it lacks backup_id, created_at or devices")
        }
        guard let made = time(created) else {
            throw OperationError(.fileInvalid, "\(path) was made at ‘\(created)’, which is no time")
        }
        var found = ForeignBackups()
        let hosts = devices.values.map { $0["connection_info"]?["hostname"]?.string ?? "" }
        for (key, record) in devices.sorted(by: { $0.key < $1.key }) {
            let host = record["connection_info"]?["hostname"]?.string ?? ""
            // Of two devices with one host name neither is the other.
            let own = hosts.count { $0 == host } > 1 ? "\(host)-\(key)" : host
            guard let device = DeviceName(own) ?? DeviceName("device-\(key)") else {
                found.skipped.append("device ‘\(key)’: neither its host name nor its id is a name")
                continue
            }
            found.backups.append(backup(of: device, record, made, id))
        }
        return found
    }

    private static func backup(
        of device: DeviceName, _ record: JSONValue, _ made: Timestamp, _ id: String
    ) -> ForeignBackup {
        // The id is whatever somebody called it.
        let name = ForeignBackup.part(id).map { "from washyu: \($0.prefix(150))" } ?? "from washyu"
        var backup = ForeignBackup(origin: .washyu, device: device, made: made, name: name)
        func add(_ path: String, _ bytes: [UInt8]) {
            backup.files.append(
                ForeignBackup.File(path: path, content: .bytes(bytes), modified: made.nanoseconds))
        }
        add(Self.record, JSONWriter.bytes(record))
        if record.object?.isEmpty != false { backup.doubts.append("there is nothing in it") }
        if let error = record["error"]?.string { backup.doubts.append("it ended with: \(error)") }
        for (group, member, path) in texts {
            guard let text = record[group]?[member]?.string, !text.isEmpty else { continue }
            // The program stored its own words where the device had nothing.
            guard !text.hasPrefix("No ") || !text.contains(" found") else {
                backup.notCovered.append("\(member): there was none")
                continue
            }
            add(path, Array(text.utf8))
        }
        for (name, service) in (record["services"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let part = ForeignBackup.part(name),
                let kind = service["type"]?.string.flatMap(ForeignBackup.part)
            else {
                backup.doubts.append("a service has a name that no file can have; it is in washyu.json alone")
                continue
            }
            if let text = service["config"]?.string {
                add("/\(kind)/\(part).txt", Array(text.utf8))
            } else if let config = service["config"], !config.isNull {
                add("/\(kind)/\(part).json", JSONWriter.bytes(config))
            } else {
                backup.doubts.append("\(kind) ‘\(name)’ has no configuration")
            }
            if service["data_backup"]?.isNull == false {
                backup.notCovered.append("the data of \(kind) ‘\(name)’, which stayed on the device")
            }
        }
        return backup
    }

    /// A time as Python writes it; one without a zone is that of this machine.
    static func time(_ text: String) -> Timestamp? {
        if let time = Timestamp(text) { return time }
        let parts = text.split { "-T: .".contains($0) }
        let numbers = parts.prefix(6).compactMap { Int($0) }
        guard numbers.count == 6 else { return nil }
        return Timestamp(
            localYear: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers[5])
    }
}
