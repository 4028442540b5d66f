import Basics
import RemoteExecution
import Storage

/// The devices in the database: one JSON document each, with its mark.
struct DeviceTable {
    let seal: RowSeal
    /// What was read before.
    var memory = DeviceMemory()

    /// All devices, sorted by name.
    func all(in connection: borrowing SQLiteConnection) throws(StoreError) -> [Device] {
        let rows = try connection.prepare("SELECT name, document, mark FROM device ORDER BY name")
        var devices: [Device] = []
        while try rows.step() { devices.append(try device(rows, connection.path)) }
        return devices
    }

    /// Nil when no device has this name.
    func find(_ name: DeviceName, in connection: borrowing SQLiteConnection) throws(StoreError)
        -> Device?
    {
        let rows = try connection.prepare(
            "SELECT name, document, mark FROM device WHERE name = ?", [.text(name.text)])
        return try rows.step() ? try device(rows, connection.path) : nil
    }

    /// - Parameter conflict: what SQLite does when the name is taken: `ABORT` or `IGNORE`.
    /// - Returns: whether the device was new.
    @discardableResult
    func insert(
        _ device: Device, or conflict: String, into connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        let document = try Self.document(device)
        return try connection.run(
            "INSERT OR \(conflict) INTO device (name, document, mark) VALUES (?, ?, ?)",
            [.text(device.name.text), .text(document), .text(mark(device.name.text, document))]) == 1
    }

    /// - Returns: false when there is no device of this name.
    func replace(_ device: Device, in connection: borrowing SQLiteConnection) throws(StoreError)
        -> Bool
    {
        let document = try Self.document(device)
        return try connection.run(
            "UPDATE device SET document = ?, mark = ? WHERE name = ?",
            [.text(document), .text(mark(device.name.text, document)), .text(device.name.text)]) == 1
    }

    /// - Returns: false when there is no device of this name.
    func remove(_ name: DeviceName, from connection: borrowing SQLiteConnection) throws(StoreError)
        -> Bool
    {
        try connection.run("DELETE FROM device WHERE name = ?", [.text(name.text)]) == 1
    }

    private static func document(_ device: Device) throws(StoreError) -> String {
        do throws(JSONShapeError) {
            return JSONWriter.text(try JSONValueEncoder().encode(device))
        } catch {
            throw StoreError(.conflict, "the device \(device.name) cannot be stored: \(error)")
        }
    }

    /// Gives every row the mark that belongs to it.
    func markAll(in connection: borrowing SQLiteConnection) throws(StoreError) {
        var rows: [(name: String, document: String)] = []
        do {
            let found = try connection.prepare("SELECT name, document FROM device", [])
            while try found.step() { rows.append((found.text(0), found.text(1))) }
        }
        for (name, document) in rows {
            try connection.run(
                "UPDATE device SET mark = ? WHERE name = ?", [.text(mark(name, document)), .text(name)])
        }
    }

    private func mark(_ name: String, _ document: String) -> String {
        seal.mark("device", [.text(name), .text(document)])
    }

    private func device(
        _ row: borrowing SQLiteStatement, _ path: String
    ) throws(StoreError) -> Device {
        let content = DeviceMemory.Row(name: row.text(0), document: row.text(1), mark: row.text(2))
        if let known = memory.device(of: content) { return known }
        let device = try device(content, path)
        memory.keep(device, of: content)
        return device
    }

    private func device(_ row: DeviceMemory.Row, _ path: String) throws(StoreError) -> Device {
        guard mark(row.name, row.document) == row.mark else {
            throw StoreError(
                .corrupt,
                "the device ‘\(row.name)’ in the database \(path) was altered outside of the program")
        }
        do {
            let device = try JSONValueDecoder().decode(Device.self, from: JSONParser.parse(row.document))
            guard device.name.text == row.name else {
                throw JSONShapeError(path: "name", reason: "the document is about ‘\(device.name)’")
            }
            return device
        } catch {
            throw StoreError(
                .corrupt, "the device ‘\(row.name)’ in the database \(path) cannot be read: \(error)")
        }
    }
}
