package import Basics
import RemoteExecution
import Storage

/// Tells what a secret that a caller shows is worth.
package struct TokenDesk: Sendable {
    /// What a valid token allows.
    package struct Grant: Sendable, Equatable {
        package let id: String
        package let name: String
        package let level: AccessLevel
        package let scope: DeviceScope
        /// Empty for the usual ones.
        package let toolsets: [String]
    }

    /// Why a secret is worth nothing.
    package enum Refusal: String, Error, Sendable {
        case unknown = "token-unknown"
        case expired = "token-expired"
        case revoked = "token-revoked"
    }

    /// How much time may pass before a token's last use is noted anew.
    private static let noteEvery = Duration.seconds(60)

    private let services: any Services
    private let clock: any WallClock

    package init(services: any Services, clock: any WallClock) {
        self.services = services
        self.clock = clock
    }

    /// Whether there is a token that counts.
    package func hasValidToken() async throws(OperationError) -> Bool {
        let store = try await services.tokens()
        let now = clock.now()
        do {
            return try await store.tokens(limit: 1000).contains { $0.revoked == nil && $0.expires > now }
        } catch {
            throw OperationError(error)
        }
    }

    /// What the secret allows.
    package func grant(for secret: String) async throws(OperationError) -> Result<Grant, Refusal> {
        guard secret.hasPrefix(TokenSecret.prefix) else { return .failure(.unknown) }
        let digest = TokenSecret.digest(secret, try await services.tokenHash())
        let store = try await services.tokens()
        do {
            // Found by its keyed hash: how long that takes tells nothing of the secret.
            guard let record = try await store.token(withDigest: digest) else { return .failure(.unknown) }
            let now = clock.now()
            if record.revoked != nil { return .failure(.revoked) }
            guard record.expires > now else { return .failure(.expired) }
            guard let level = AccessLevel.allCases.first(where: { "\($0)" == record.level }) else {
                return .failure(.unknown)
            }
            let names = record.devices.compactMap { DeviceName($0) }
            guard names.count == record.devices.count else { return .failure(.unknown) }
            if record.lastUsed.map({ now - $0 > Self.noteEvery }) ?? true {
                try await store.tokenWasUsed(record.id, at: now)
            }
            return .success(
                Grant(
                    id: record.id, name: record.name, level: level,
                    scope: names.isEmpty ? .all : .only(Set(names)),
                    toolsets: record.toolsets))
        } catch { throw OperationError(error) }
    }
}
