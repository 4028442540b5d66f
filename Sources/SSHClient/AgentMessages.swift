import Basics
import RemoteExecution

/// A key that the agent holds.
struct AgentIdentity: Sendable, Hashable {
    /// The public key or certificate in its wire form.
    let blob: [UInt8]
    /// What the user called it.
    let comment: String

    /// The public key; nil when the blob cannot be read.
    var publicKey: HostKey? { HostKey(blob: blob) }
}

/// The messages of the agent protocol that a login needs.
///
/// - SeeAlso: draft-miller-ssh-agent
enum AgentMessages {
    /// The agent refuses.
    static let failure: UInt8 = 5
    /// Asks for the keys.
    static let requestIdentities: UInt8 = 11
    /// The keys.
    static let identities: UInt8 = 12
    /// Asks for a signature.
    static let signRequest: UInt8 = 13
    /// Longer messages are not read.
    static let largest = 256 << 10

    /// A whole message around `body`.
    static func frame(_ body: [UInt8]) -> [UInt8] { wireString(body) }

    /// Takes the first whole message out of `bytes`; nil when there is none yet.
    static func takeFrame(from bytes: inout [UInt8]) -> [UInt8]? {
        var reader = WireReader(bytes)
        guard let body = reader.string() else { return nil }
        bytes.removeFirst(4 + body.count)
        return body
    }

    /// Whether what `bytes` begin with is too long for a message.
    static func isTooLong(_ bytes: [UInt8]) -> Bool {
        var reader = WireReader(bytes)
        return reader.number().map { $0 > largest } ?? false
    }

    /// The answer that lists `identities`.
    static func list(_ identities: [AgentIdentity]) -> [UInt8] {
        let entries = identities.flatMap { wireString($0.blob) + wireString(Array($0.comment.utf8)) }
        return [Self.identities] + wireNumber(identities.count) + entries
    }

    /// The keys in the agent's answer; nil when it is no such answer.
    static func parseList(_ body: [UInt8]) -> [AgentIdentity]? {
        guard body.first == identities else { return nil }
        var reader = WireReader(Array(body.dropFirst()))
        guard let count = reader.number(), count <= 1024 else { return nil }
        var result: [AgentIdentity] = []
        for _ in 0..<count {
            guard let blob = reader.string(), let comment = reader.string() else { return nil }
            result.append(AgentIdentity(blob: blob, comment: String(decoding: comment, as: UTF8.self)))
        }
        return result
    }
}
