package import Basics

/// A stored restore plan: what would be done to one device.
package struct PlanRecord: Sendable, Equatable {
    /// The digest of the document, as Base32 text.
    package var id: String
    /// Name of the device the plan is for.
    package var device: String
    /// Id of the backup it restores.
    package var backup: String
    /// When it was computed.
    package var created: Timestamp
    /// From when on it may no longer be applied; who applies it checks that, not the store.
    package var expires: Timestamp
    /// The plan as canonical JSON; a store keeps these bytes as they are and never reads them.
    package var document: [UInt8]

    package init(
        id: String, device: String, backup: String, created: Timestamp, expires: Timestamp, document: [UInt8]
    ) {
        self.id = id
        self.device = device
        self.backup = backup
        self.created = created
        self.expires = expires
        self.document = document
    }
}
