package import Basics
import Restore
import Storage
import Vault

/// The safety copies of restores, and which of them are no longer needed.
package struct SafetyCopies {
    /// A safety copy that may go.
    package struct Released: Codable, Sendable, Equatable {
        package let backup: String
        package let run: String
        /// When the run came to its end; nil when it never began.
        package let decided: Timestamp?
    }

    /// What the note of every safety copy begins with; the run's name follows.
    static let note = BackupSummary.safetyCopyNote

    private let context: OperationContext
    private let vault: Vault

    init(context: OperationContext, vault: Vault) {
        self.context = context
        self.vault = vault
    }

    /// Safety copies whose runs were decided more than so many days ago, oldest first.
    ///
    /// A run is written down before anything is sent, so one that is not known never began. A pin with another note is a
    /// person's, and stays.
    func released(after days: Int) async throws(OperationError) -> [Released] {
        let ledger = try await context.services.ledger()
        let limit = context.clock.now() + .seconds(-days * 86_400)
        let summaries: [BackupSummary]
        let marks: [BackupID: Marks]
        do {
            summaries = try await vault.backups().backups
            marks = try await vault.marks(of: summaries.map(\.id))
        } catch { throw OperationError(error) }
        var released: [Released] = []
        for summary in summaries.sorted(by: { $0.started < $1.started }) {
            guard let pin = marks[summary.id]?.pin, pin.note.hasPrefix(Self.note),
                let run = RunID(String(pin.note.dropFirst(Self.note.count)))
            else { continue }
            let record: RunRecord?
            do { record = try await ledger.run(run.text) } catch { throw OperationError(error) }
            if let record {
                guard RunDocument.State(rawValue: record.state)?.isEnd == true, record.updated < limit else {
                    continue
                }
            } else if pin.since >= limit {
                continue
            }
            released.append(
                Released(backup: summary.id.text, run: run.text, decided: record?.updated))
        }
        return released
    }
}
