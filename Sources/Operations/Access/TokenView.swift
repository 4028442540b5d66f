package import Basics
import Storage

/// A token as people and programs see it.
package struct TokenView: Codable, Sendable {
    package let id: String
    package let name: String
    package let level: String
    package let toolsets: [String]
    /// Empty for all devices.
    package let devices: [String]
    package let created: Timestamp
    package let expires: Timestamp
    package let lastUsed: Timestamp?
    /// `valid`, `expired` or `revoked`.
    package let state: String

    init(_ record: TokenRecord, now: Timestamp) {
        id = record.id
        name = record.name
        level = record.level
        toolsets = record.toolsets
        devices = record.devices
        created = record.created
        expires = record.expires
        lastUsed = record.lastUsed
        state = record.revoked != nil ? "revoked" : record.expires <= now ? "expired" : "valid"
    }
}
