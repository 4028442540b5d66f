import Basics
import Storage
import Vault

/// Whether vault, key, database and audit chain are whole and fit together, and who uses them.
struct StoreFindings {
    let context: OperationContext

    /// No clock is earlier than this: 2026-01-01.
    private static let earliest = Timestamp(seconds: 1_767_225_600)
    /// How far a clock may go back without a word.
    private static let slack: Duration = .seconds(300)

    func all() async -> [Finding] {
        [await vault(), await lock(), await database(), await audit(), await clock(), await runs()]
    }

    private func vault() async -> Finding {
        let report: CheckReport
        do { report = try await context.services.vault().check() } catch { return Finding("vault", error) }
        if let first = report.problems.first {
            return Finding(
                "vault", .bad, "\(report.problems.count.counted("problem")), the first: \(first.message)",
                hint: first.path == "config"
                    ? "Run: holdfast vault repair"
                    : "For which backups are hit, and the way out, run: holdfast vault check")
        }
        let whole =
            "the key opens it; \(report.backups.counted("backup")), \(report.objects.counted("object"))"
        let left = report.leftovers.count + report.superseded.count
        guard left == 0 else {
            return Finding(
                "vault", .warning, "\(whole), all there; \(left.counted("leftover")) of interrupted runs",
                hint: "Run: holdfast backup prune --garbage-only")
        }
        return Finding("vault", .good, whole + ", all there (contents were not read)")
    }

    private func lock() async -> Finding {
        do {
            let writer = try await context.services.vault().beginWriting(what: "doctor")
            await writer.finish()
            return Finding("vault lock", .good, "nobody writes, and no dead process is in the way")
        } catch let error as VaultError where error.code == .locked {
            return Finding("vault lock", .warning, error.message, hint: error.hint)
        } catch { return Finding("vault lock", error, verdict: .unknown) }
    }

    private func database() async -> Finding {
        do {
            let problems = try await context.services.inspection().problems()
            guard let first = problems.first else {
                return Finding("database content", .good, "every page, row and reference was checked")
            }
            return Finding(
                "database content", .bad, "\(problems.count.counted("problem")), the first: \(first)",
                hint: "Put the database back from a copy; the backups themselves are not in it.")
        } catch { return Finding("database content", error) }
    }

    private func audit() async -> Finding {
        let subject = "audit chain"
        do {
            switch try await context.services.audit().verify() {
            case .intact(let count, let remarks):
                let more = remarks.first.map { "; record \($0.sequence): \($0.text)" } ?? ""
                return Finding(
                    subject, remarks.isEmpty ? .good : .warning,
                    "\(count.counted("record")), each in its place, the last one is the checkpoint's" + more)
            case .broken(let sequence, let reason):
                return Finding(
                    subject, .bad, "broken at record \(sequence): \(reason)",
                    hint: "See: holdfast audit verify")
            case .cut(let last, let expected):
                return Finding(
                    subject, .bad, "it ends at \(last), and \(expected) were written",
                    hint: "See: holdfast audit verify")
            case .unanchored(_, let reason):
                return Finding(subject, .bad, reason, hint: "See: holdfast audit verify")
            case .otherKey(let count):
                let error = VerifyAudit.otherKey(count)
                return Finding(subject, .bad, error.message, hint: error.hint)
            }
        } catch { return Finding(subject, error) }
    }

    /// Whether the clock is plausible, compared with what was recorded last.
    private func clock() async -> Finding {
        let now = context.clock.now()
        let hint = "Set the clock: retention, ages and approvals depend on it."
        guard now >= Self.earliest else {
            return Finding("clock", .bad, "it says \(now), which is long past", hint: hint)
        }
        do {
            let record = try await context.services.audit().records(limit: 1, before: nil).first?.time
            let backup = try await context.services.vault().backups().backups
                .max { $0.started < $1.started }
            guard record != nil || backup != nil else {
                return Finding("clock", .good, "\(now); there is nothing to compare it with")
            }
            let latest = now + Self.slack
            if let record, record > latest {
                return Finding(
                    "clock", .bad, "it says \(now), but the last record is of \(record)",
                    hint:
                        "Set the clock if it is wrong: retention, ages and approvals depend on it. If it is right, it was "
                        + "wrong then: the next change that is recorded, such as a backup, settles this.")
            }
            if let backup, backup.started > latest {
                return Self.early(backup, now, isConfirmed: record != nil)
            }
            return Finding("clock", .good, "\(now), after all that was recorded")
        } catch { return Finding("clock", error, verdict: .unknown) }
    }

    /// A backup of a time that is yet to come.
    /// - Parameter isConfirmed: whether the last record fits the clock, so that it was wrong only then.
    private static func early(_ backup: BackupSummary, _ now: Timestamp, isConfirmed: Bool) -> Finding {
        Finding(
            "clock", isConfirmed ? .warning : .bad,
            "it says \(now), but backup \(backup.id) is of \(backup.started)",
            hint:
                "Set the clock if it is wrong. If it is right, it was wrong then: back the device up again, then run: "
                + "holdfast backup delete \(backup.id)")
    }

    /// Whether a restore waits for somebody.
    private func runs() async -> Finding {
        do {
            let open = try await context.services.ledger().unfinishedRuns()
            guard let first = open.first else { return Finding("restores", .good, "none is unfinished") }
            return Finding(
                "restores", .warning,
                "\(open.count.counted("run")) not finished, the first: \(first.id) of \(first.device), \(first.state)",
                hint: "See: holdfast restore show \(first.id)")
        } catch { return Finding("restores", error, verdict: .unknown) }
    }
}
