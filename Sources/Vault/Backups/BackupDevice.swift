import Basics

/// Which machine a backup is of, as it was known then.
package struct BackupDevice: Sendable, Equatable {
    /// The name a person gave it.
    package var name: String
    /// `/etc/machine-id` of the device; empty when unknown.
    package var machineID: String
    /// `SHA256:…` of its host key; empty for this machine.
    package var hostKeyFingerprint: String
    /// How it was reached; empty for this machine.
    package var address: String

    package init(name: String, machineID: String = "", hostKeyFingerprint: String = "", address: String = "")
    {
        self.name = name
        self.machineID = machineID
        self.hostKeyFingerprint = hostKeyFingerprint
        self.address = address
    }

    var json: JSONValue {
        .object([
            "name": .string(name), "machineID": .string(machineID),
            "hostKeyFingerprint": .string(hostKeyFingerprint), "address": .string(address),
        ])
    }

    init(_ json: JSONFields) throws(RecordError) {
        name = try json.string("name")
        machineID = try json.string("machineID")
        hostKeyFingerprint = try json.string("hostKeyFingerprint")
        address = try json.string("address")
    }
}
