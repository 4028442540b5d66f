package import Basics
import RemoteExecution
import Restore
import Vault

/// Restores a backup into a scratch folder of this machine, proves what came out, and keeps the evidence.
package struct DrillRestore: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand)
        var backup: String
        @Field(
            "Only this section; repeatable. Such a drill proves that part, not the backup.",
            placeholder: "SECTION")
        var section: [String] = []
        @Field(
            "Make the scratch folder in this one; in the folder of the state unless given.",
            placeholder: "FOLDER")
        var scratch: String?
        @Field(
            "Also start the containers of the backup on this device's engine, in scratch: without ports, without a way out, with their data.",
            placeholder: "DEVICE")
        var engine: DeviceName?
        package init() {}
    }

    /// One check.
    package struct Check: Codable, Sendable {
        package let name: String
        /// `ok`, `failed` or `not checked`.
        package let result: String
        /// What was found.
        package let reason: String
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backup: String
        package let device: String
        /// Whether no check failed.
        package let isGood: Bool
        /// The sections it was limited to; none for all.
        package let sections: [String]
        package let when: Timestamp
        package let seconds: Int
        package let files: Int
        package let bytes: ByteCount
        package let checks: [Check]

        package var isComplete: Bool { isGood }

        package var display: [DisplayBlock] {
            let rows = checks.map { check in
                [Cell(check.name), Cell(check.result, Self.tone(check.result)), Cell(check.reason)]
            }
            let what =
                sections.isEmpty
                ? "Backup \(backup)" : "\(sections.joined(separator: ", ")) of backup \(backup)"
            let failed = checks.count { $0.result == DrillCheck.Outcome.failed.rawValue }
            let open = checks.count { $0.result == DrillCheck.Outcome.notChecked.rawValue }
            let verdict =
                isGood
                ? Cell(
                    "\(what) of \(device) is proven: \(files) files, \(bytes), restored and compared in \(seconds) s; \(open.counted("thing")) could not be checked here.",
                    .good)
                : Cell("\(what) of \(device) FAILED its drill: \(failed) of \(checks.count) checks.", .bad)
            return [
                .table(columns: ["CHECK", "RESULT", "FOUND"], rows: rows, empty: "Nothing was checked."),
                .lines([verdict]),
            ]
        }

        private static func tone(_ result: String) -> Tone {
            switch DrillCheck.Outcome(rawValue: result) {
            case .ok: .good
            case .failed: .bad
            case .notChecked, nil: .dim
            }
        }
    }

    package static let contract = Contract(
        resource: "restore", verb: .custom("drill"),
        summary: "Prove a backup: restore it into a scratch folder here, and check it",
        discussion: """
            Everything is restored into a private folder of this machine, read back and compared with the backup: bytes, \
            modes, owners, times, links, attributes. Programs that know the files and are installed here (sshd, visudo, \
            nginx, systemd-analyze, sqlite3, gzip, tar …) check them in a sandbox without a network that sees nothing else. \
            Compose projects must find every file they name; volumes must not have become empty. The device is not \
            contacted, and the folder is removed whatever happens.

            With --engine, containers that ran start on that device's engine from the backup's images by id, each with a copy \
            of its volumes, in networks that lead nowhere, and must become what they were. All of it is removed afterwards; what \
            a drill that was killed left behind goes with the next one there.

            The result is kept as evidence: ‘backup list’ shows it with its age, and ‘backup prune’ never removes a \
            device's last proven backup. Checks that this machine cannot make are named.
            """,
        effect: .writes,
        errors: [
            .backupUnknown, .backupAmbiguous, .argumentInvalid, .diskFull, .ioFailed, .vaultCorrupt,
            .vaultLocked, .deviceUnknown, .deviceUnreachable, .restoreFailed,
        ],
        examples: [
            Contract.Example(
                "holdfast restore drill latest:web1", "would the newest backup of web1 come back?"),
            Contract.Example("holdfast restore drill latest:web1 --section nginx", "only nginx"),
            Contract.Example(
                "holdfast restore drill latest:web1 --engine lab", "would its containers become healthy?"),
        ], isLong: true, reach: .scoped,
        guidance: Guidance(
            "drill_restore", title: "Prove a backup by a drill", in: .restore,
            purpose: "Proves a backup by restoring it into a scratch folder of this machine and checking it.",
            behaviour:
                "Contacts no device and removes the folder; keeps the result as evidence. Takes minutes.",
            use:
                "Use it for backups whose proof is missing or stale; to only read them back use verify_backups.",
            returns: "Returns every check with what failed.", withheld: ["engine", "scratch"],
            next: [.init("list_backups")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let (vault, manifest) = try await context.manifest(input.backup)
        let known = Set(manifest.sections.map(\.name))
        if let unknown = input.section.first(where: { !known.contains($0) }) {
            throw OperationError(
                .argumentInvalid, "The backup has no section ‘\(unknown)’",
                hint: "It has: \(known.sorted().joined(separator: ", ")).")
        }
        var course = DrillCourse(
            context: context, vault: vault, manifest: manifest, sections: Array(Set(input.section)).sorted())
        if let engine = input.engine { course.engine = try await context.device(engine) }
        let started = context.clock.now()
        let result = try await carryOut(course, in: input.scratch ?? context.services.paths.state + "/drills")
        let record = Self.record(result, course.sections, started, context)
        do { try await vault.keep(record, of: manifest.id) } catch { throw OperationError(error) }
        return Output(
            backup: manifest.id.text, device: manifest.summary.device.name, isGood: record.isGood,
            sections: record.sections, when: record.when, seconds: Int(record.elapsed.components.seconds),
            files: record.files, bytes: ByteCount(record.bytes),
            checks: result.checks.map { Check(name: $0.name, result: $0.outcome.rawValue, reason: $0.reason) }
        )
    }

    /// The drill in a folder of its own, which is removed however the drill ends.
    private func carryOut(
        _ course: DrillCourse, in parent: String
    ) async throws(OperationError) -> DrillCourse.Result {
        let scratch: DrillScratch
        guard parent.hasPrefix("/") else {
            throw OperationError(.argumentInvalid, "--scratch takes an absolute path, not ‘\(parent)’")
        }
        do { scratch = try DrillScratch(in: parent) } catch {
            throw OperationError(
                error.code == 28 ? .diskFull : .ioFailed, "No scratch folder can be made: \(error)")
        }
        let outcome: Swift.Result<DrillCourse.Result, any Error>
        do { outcome = .success(try await course.run(in: scratch)) } catch { outcome = .failure(error) }
        do { try await scratch.remove() } catch {
            throw OperationError(
                .ioFailed, "The scratch folder could not be cleared away: \(error)",
                hint: "It holds restored files, secrets among them; remove \(scratch.path).")
        }
        do { return try outcome.get() } catch let error as SystemError {
            throw OperationError(error.code == 28 ? .diskFull : .ioFailed, "The drill stopped: \(error)")
        } catch { throw OperationError(any: error) }
    }

    private static func record(
        _ result: DrillCourse.Result, _ sections: [String], _ started: Timestamp, _ context: OperationContext
    ) -> DrillRecord {
        func count(_ outcome: DrillCheck.Outcome) -> Int { result.checks.count { $0.outcome == outcome } }
        let failures = result.checks.filter { $0.outcome == .failed }.map { check in
            context.services.redactor.redact("\(check.name): \(check.reason)")
        }
        return DrillRecord(
            when: started, elapsed: context.clock.now() - started, isGood: failures.isEmpty,
            sections: sections,
            files: result.files, bytes: result.bytes, checks: result.checks.count, failed: failures.count,
            notChecked: count(.notChecked), failures: failures)
    }
}
