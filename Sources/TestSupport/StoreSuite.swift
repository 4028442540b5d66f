import Basics
import Codecs
package import RemoteExecution
package import Storage

/// What every store must do, whatever it keeps its data in; each check gets a fresh store.
///
/// ```swift
/// @Test(arguments: StoreSuite.checks)
/// func `the store conforms`(_ check: StoreSuite.Check) async throws { try await check.run(makeStore()) }
/// ```
package enum StoreSuite {
    /// A store under test.
    package typealias Store = DeviceRegistry & AuditTrail

    /// One property of a store.
    package struct Check: Sendable, CustomStringConvertible {
        /// The property, as a sentence.
        package let description: String
        private let body: @Sendable (any Store) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (any Store) async throws -> Void) {
            self.description = description
            self.body = body
        }

        /// Checks the property on an empty store.
        /// - Throws: `StoreSuite.Failure` or what the store threw.
        package func run(_ store: any Store) async throws { try await body(store) }
    }

    /// A property that did not hold.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The mark that stores under test are given.
    package static func mark(key byte: UInt8 = 7) -> ChainMark {
        guard let key = SecretKey([UInt8](repeating: byte, count: SecretKey.length)) else {
            preconditionFailure("a key of the right length")
        }
        return ChainMark(KeyedHash(key: key))
    }

    /// An entry that fills every field, distinct for each number.
    package static func entry(_ number: Int, phase: AuditEntry.Phase = .intent) -> AuditEntry {
        AuditEntry(
            phase: phase, action: "action-\(number)", operation: "backup create", actor: "person:root",
            surface: "cli",
            arguments: [
                "device": .string("nas‹\(number)›"), "n": .int(Int64(number)), "ratio": .double(0.5),
            ],
            result: phase == .outcome ? "ok" : "", detail: "zero\u{0}, line\n, ‘ö’ 🦉")
    }

    /// A device that fills every field.
    package static func device(_ name: String) throws -> Device {
        let target = SSHTarget(
            host: "2001:db8::1", port: 2222, user: "ann", identityFile: "/k", jumps: ["a@b:1", "c"])
        return Device(
            name: try require(DeviceName(name)), connection: .ssh(target),
            hostKey: HostKey(algorithm: "ssh-ed25519", key: "AAAA", fingerprint: "SHA256:x"),
            tags: ["a", "ü"],
            paths: ["/srv/a b"], excludes: ["*.tmp"], added: Timestamp(nanoseconds: 1_700_000_000_123_456_789)
        )
    }

    /// All properties.
    package static let checks = registryChecks + trailChecks

    static func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        guard condition else { throw Failure(description: sentence()) }
    }

    static func require<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Failure(description: "a value was expected") }
        return value
    }

    static func expectError(
        _ code: StoreError.Code, _ action: () async throws(StoreError) -> Void
    ) async throws {
        do throws(StoreError) { try await action() } catch {
            return try expect(error.code == code, "expected \(code), got \(error.code): \(error)")
        }
        throw Failure(description: "expected \(code), nothing was thrown")
    }
}
