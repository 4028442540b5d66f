import Basics
import RemoteExecution
import Storage
import Vault

/// Looks at everything Holdfast needs on this machine and says what is wrong.
package struct Doctor: ServiceOperation {
    /// One thing that was looked at.
    package struct Finding: Codable, Sendable, Equatable {
        package let subject: String
        /// `good`, `warning` or `bad`.
        package let verdict: String
        /// What was found, as a sentence without a full stop.
        package let detail: String
        /// What to do; empty when there is nothing to do.
        package let hint: String
    }

    package struct Output: Codable, Sendable, Displayable {
        package let findings: [Finding]

        package var isComplete: Bool { findings.allSatisfy { $0.verdict != "bad" } }

        package var display: [DisplayBlock] {
            let rows = findings.map { finding in
                let tone: Tone =
                    finding.verdict == "good" ? .good : finding.verdict == "bad" ? .bad : .warning
                return [
                    Cell(finding.subject), Cell(finding.verdict, tone),
                    Cell(finding.detail + (finding.hint.isEmpty ? "" : ". \(finding.hint)")),
                ]
            }
            return [.table(columns: ["SUBJECT", "VERDICT", "DETAIL"], rows: rows, empty: "")]
        }
    }

    package static let contract = Contract(
        resource: "system", verb: .custom("doctor"),
        summary: "Look for problems with this installation of Holdfast",
        effect: .reads, examples: [Contract.Example("holdfast doctor", "is everything in its place?")],
        command: ["doctor"],
        guidance: Guidance(
            "check_system", title: "Check Holdfast", in: .core,
            purpose:
                "Looks for problems: vault, keys, disk space, audit chain, machines without a recent backup.",
            behaviour: "Only looks, on this machine alone; takes seconds.",
            use:
                "Use it first when asked whether all is well; for one machine use check_device, for one backup get_backup.",
            returns: "Returns findings, each good, warning or bad, with what to do.",
            essentials: ["subject", "verdict", "detail", "hint"], next: [.init("list_backups")]))

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        var findings = [
            permissions("key file", paths.key, mustBe: 0o600),
            permissions("vault folder", paths.vault, mustBe: 0o700),
            permissions("database", paths.database, mustBe: 0o600),
        ]
        findings += disks(paths)
        findings.append(await vault(context))
        findings.append(await audit(context))
        findings += await devices(context)
        return Output(findings: findings)
    }

    private func permissions(_ subject: String, _ path: String, mustBe wanted: UInt32) -> Finding {
        do {
            guard let mode = try FileStatus.permissions(of: path) else {
                return Finding(
                    subject: subject, verdict: "bad", detail: "\(path) is missing",
                    hint: Self.hintsForMissing[subject] ?? "")
            }
            guard mode & ~wanted == 0 else {
                return Finding(
                    subject: subject, verdict: "bad",
                    detail: "others may use \(path) (mode \(String(mode, radix: 8)))",
                    hint: "Run: chmod \(String(wanted, radix: 8)) \(path)")
            }
            return Finding(subject: subject, verdict: "good", detail: path, hint: "")
        } catch { return Finding(subject: subject, verdict: "bad", detail: "\(error)", hint: "") }
    }

    private static let hintsForMissing = [
        "key file": "Run ‘holdfast init’, or restore it from the recovery kit.",
        "database":
            "Put it back from a copy, or start a new one on purpose: holdfast init --new-database.",
    ]

    /// Below this much free space a disk is worth a warning.
    private static let leastFree = ByteCount(256 << 20)

    /// Whether the folders of the state can be written to, tried out, and how much space they have.
    private func disks(_ paths: StatePaths) -> [Finding] {
        var seen: Set<String> = []
        return [paths.data, paths.configuration, paths.state].filter { seen.insert($0).inserted }.map(disk)
    }

    private func disk(_ folder: String) -> Finding {
        func finding(_ verdict: String, _ detail: String, _ hint: String = "") -> Finding {
            Finding(subject: "disk", verdict: verdict, detail: detail, hint: hint)
        }
        do {
            let free = ByteCount(try Folder.freeSpace(folder))
            do {
                try Folder.tryWriting(in: folder)
            } catch {
                let known = OperationError(StoreError(error))
                return finding(
                    "bad", "nothing can be written to \(folder): \(error.reason), \(free) free", known.hint)
            }
            guard free.bytes >= Self.leastFree.bytes else {
                return finding(
                    "warning", "\(folder) can be written to, but only \(free) are free",
                    "Make space, for example with: holdfast backup prune")
            }
            return finding("good", "\(folder) can be written to, \(free) free")
        } catch { return finding("bad", "\(error)") }
    }

    private func vault(_ context: OperationContext) async -> Finding {
        do {
            let report = try await context.services.vault().check()
            guard let first = report.problems.first else {
                return Finding(
                    subject: "vault", verdict: "good",
                    detail:
                        "\(report.backups.counted("backup")), \(report.objects.counted("object")), all there",
                    hint: "")
            }
            return Finding(
                subject: "vault", verdict: "bad",
                detail: "\(report.problems.count.counted("problem")), the first: \(first.message)",
                hint: "Run: holdfast backup verify")
        } catch {
            let known = OperationError(any: error)
            return Finding(subject: "vault", verdict: "bad", detail: known.message, hint: known.hint)
        }
    }

    private func audit(_ context: OperationContext) async -> Finding {
        do {
            switch try await context.services.audit().verify() {
            case .intact(let count, let remarks):
                return Finding(
                    subject: "audit chain", verdict: remarks.isEmpty ? "good" : "warning",
                    detail: "\(count.counted("record")), each in its place"
                        + (remarks.first.map { "; record \($0.sequence): \($0.text)" } ?? ""), hint: "")
            case .broken(let sequence, let reason):
                return Finding(
                    subject: "audit chain", verdict: "bad", detail: "broken at record \(sequence): \(reason)",
                    hint: "")
            case .cut(let last, let expected):
                return Finding(
                    subject: "audit chain", verdict: "bad",
                    detail: "it ends at \(last), and \(expected) were written", hint: "")
            case .unanchored(_, let reason):
                return Finding(subject: "audit chain", verdict: "warning", detail: reason, hint: "")
            case .otherKey(let count):
                let error = VerifyAudit.otherKey(count)
                return Finding(
                    subject: "audit chain", verdict: "bad", detail: error.message, hint: error.hint)
            }
        } catch {
            let known = OperationError(any: error)
            return Finding(subject: "audit chain", verdict: "bad", detail: known.message, hint: known.hint)
        }
    }

    /// One finding for each device without a backup of the last week.
    private func devices(_ context: OperationContext) async -> [Finding] {
        do {
            let backups = try await context.services.vault().backups().backups
            let week: Duration = .seconds(7 * 86_400)
            return try await context.devices().map { device in
                let newest = backups.first { $0.device.name == device.name.text && $0.status != .failed }
                guard let newest else {
                    return Finding(
                        subject: "device \(device.name)", verdict: "warning", detail: "never backed up",
                        hint: "Run: holdfast backup create \(device.name)")
                }
                let isOld = context.clock.now() - newest.started > week
                return Finding(
                    subject: "device \(device.name)", verdict: isOld ? "warning" : "good",
                    detail: "last backed up \(newest.started)",
                    hint: isOld ? "Run: holdfast backup create \(device.name)" : "")
            }
        } catch {
            // The findings on vault and database say why already.
            return []
        }
    }
}
