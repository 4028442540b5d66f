import Basics
package import Storage

extension StoreSuite {
    /// One property of a ledger of restores.
    package struct LedgerCheck: Sendable, CustomStringConvertible {
        /// The property, as a sentence.
        package let description: String
        private let body: @Sendable (any RestoreLedger) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (any RestoreLedger) async throws -> Void) {
            self.description = description
            self.body = body
        }

        /// Checks the property on an empty ledger.
        /// - Throws: `StoreSuite.Failure` or what the ledger threw.
        package func run(_ ledger: any RestoreLedger) async throws { try await body(ledger) }
    }

    /// All properties of a ledger.
    package static let ledgerChecks = planChecks + approvalChecks + runChecks

    private static let noon = Timestamp(nanoseconds: 1_700_000_000_123_456_789)

    /// A plan that fills every field, made `minute` minutes after a fixed instant, good for fifteen minutes.
    package static func plan(_ id: String, minute: Int = 0) -> PlanRecord {
        PlanRecord(
            id: id, device: "nas‹\(id)›", backup: "backup-1", created: noon + .seconds(60 * minute),
            expires: noon + .seconds(60 * (minute + 15)),
            document: Array("{\"id\":\"\(id)\"}".utf8) + [0, 0xFF])
    }

    /// An unused approval that fills every field, given `minute` minutes after a fixed instant.
    package static func approval(
        _ id: String, of plan: String, minute: Int = 0, kind: ApprovalRecord.Kind = .person
    ) -> ApprovalRecord {
        ApprovalRecord(
            id: id, plan: plan, kind: kind, who: "person:ann ‘ö’ 🦉", origin: "cli /dev/pts/3",
            given: noon + .seconds(60 * minute), expires: noon + .seconds(60 * (minute + 15)),
            mark: "00ff\(id)")
    }

    /// An unfinished run that fills every field, begun `minute` minutes after a fixed instant.
    package static func run(_ id: String, of plan: String, minute: Int = 0) -> RunRecord {
        RunRecord(
            id: id, plan: plan, device: "nas", started: noon + .seconds(60 * minute),
            updated: noon + .seconds(60 * minute), state: "staging", isFinished: false,
            document: [0, 0xFF, 0x7B])
    }
}
