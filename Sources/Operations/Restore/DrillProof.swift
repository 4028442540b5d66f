package import Basics
package import Vault

/// Whether a drill proved that a backup comes back, and how long ago.
package struct DrillProof: Codable, Sendable, Equatable {
    /// What the newest drill says.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// The whole backup was restored, and nothing was wrong.
        case proven
        /// The same, too long ago.
        case stale
        /// Something was wrong.
        case failed
        /// Only some sections were drilled, and nothing was wrong with them.
        case part
        case never
    }

    /// Days after which a proof counts as stale, unless somebody says otherwise.
    package static let usualDays = 30

    package let state: State
    /// When the drill was; nil when there was none.
    package let when: Timestamp?
    /// How long ago, in seconds; nil when there was none.
    package let ageSeconds: Int64?
    /// What failed.
    package let failures: [String]

    /// - Parameter staleAfter: days.
    package init(_ drill: DrillRecord?, now: Timestamp, staleAfter days: Int = DrillProof.usualDays) {
        guard let drill else {
            (state, when, ageSeconds, failures) = (.never, nil, nil, [])
            return
        }
        let age = max(0, (now - drill.when).components.seconds)
        when = drill.when
        ageSeconds = age
        failures = drill.failures
        if !drill.isGood {
            state = .failed
        } else if !drill.isProof {
            state = .part
        } else {
            state = age > Int64(days) * 86_400 ? .stale : .proven
        }
    }

    /// How it reads in a list: `proven 3 d`, `FAILED 2 h`, `never`.
    package var cell: Cell {
        guard let ageSeconds else { return Cell("never", .dim) }
        let age = Self.age(ageSeconds)
        return switch state {
        case .proven: Cell("proven \(age)", .good)
        case .stale: Cell("stale \(age)", .warning)
        case .failed: Cell("FAILED \(age)", .bad)
        case .part, .never: Cell("part \(age)", .dim)
        }
    }

    static func age(_ seconds: Int64) -> String {
        switch seconds {
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
