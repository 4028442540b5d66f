import Basics
import RemoteExecution
import Storage

/// The devices in the database: one JSON document each.
enum DeviceTable {
    /// All devices, sorted by name.
    static func all(in connection: borrowing SQLiteConnection) throws(StoreError) -> [Device] {
        let rows = try connection.prepare("SELECT name, document FROM device ORDER BY name")
        var devices: [Device] = []
        while try rows.step() { devices.append(try device(rows.text(0), rows.text(1), connection.path)) }
        return devices
    }

    /// Nil when no device has this name.
    static func find(_ name: DeviceName, in connection: borrowing SQLiteConnection) throws(StoreError)
        -> Device?
    {
        let document = try connection.text("SELECT document FROM device WHERE name = ?", [.text(name.text)])
        guard let document else { return nil }
        return try device(name.text, document, connection.path)
    }

    /// - Parameter conflict: what SQLite does when the name is taken: `ABORT` or `IGNORE`.
    /// - Returns: whether the device was new.
    @discardableResult
    static func insert(
        _ device: Device, or conflict: String, into connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        let values: [SQLiteValue] = [.text(device.name.text), .text(try document(device))]
        return try connection.run("INSERT OR \(conflict) INTO device (name, document) VALUES (?, ?)", values)
            == 1
    }

    /// - Returns: false when there is no device of this name.
    static func replace(_ device: Device, in connection: borrowing SQLiteConnection) throws(StoreError)
        -> Bool
    {
        let values: [SQLiteValue] = [.text(try document(device)), .text(device.name.text)]
        return try connection.run("UPDATE device SET document = ? WHERE name = ?", values) == 1
    }

    /// - Returns: false when there is no device of this name.
    static func remove(_ name: DeviceName, from connection: borrowing SQLiteConnection) throws(StoreError)
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

    private static func device(_ name: String, _ document: String, _ path: String) throws(StoreError)
        -> Device
    {
        do {
            let device = try JSONValueDecoder().decode(Device.self, from: JSONParser.parse(document))
            guard device.name.text == name else {
                throw JSONShapeError(path: "name", reason: "the document is about ‘\(device.name)’")
            }
            return device
        } catch {
            throw StoreError(
                .corrupt, "the device ‘\(name)’ in the database \(path) cannot be read: \(error)")
        }
    }
}
