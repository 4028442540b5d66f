import Basics

/// Looks at everything Holdfast needs on this machine and says what is wrong.
package struct Doctor: ServiceOperation {
    package struct Input: OperationInput {
        @Field("End as partial for warnings as well, for scripts that watch.") var strict = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let findings: [Finding]
        package let isStrict: Bool

        package var isComplete: Bool {
            findings.allSatisfy { $0.verdict == .good || $0.verdict == .warning && !isStrict }
        }

        package var display: [DisplayBlock] {
            let rows = findings.map { finding in
                [
                    Cell(finding.subject), Cell(finding.verdict.rawValue, finding.verdict.tone),
                    Cell(finding.detail + (finding.hint.isEmpty ? "" : ". \(finding.hint)")),
                ]
            }
            func count(_ verdict: Finding.Verdict) -> Int { findings.count { $0.verdict == verdict } }
            let summary =
                "\(count(.good)) good, \(count(.warning).counted("warning")), \(count(.bad)) bad, "
                + "\(count(.unknown)) not looked at."
            return [
                .table(columns: ["SUBJECT", "VERDICT", "DETAIL"], rows: rows, empty: ""),
                .lines([Cell(summary, isComplete ? .plain : .bad)]),
            ]
        }
    }

    package static let contract = Contract(
        resource: "system", verb: .custom("doctor"),
        summary: "Look for problems with this installation of Holdfast",
        discussion: """
            Nothing is called good that was not looked at: key and vault, the database and its audit chain to the last \
            record, permissions and owners of all files, space, locks and leftovers, the clock, the tools a backup needs, \
            the libraries that are loaded late, \
            and for each device how old its last backup and its proof are. Contents of backups are not read; \
            ‘holdfast backup verify’ does that. What is bad, and what could not be looked at, ends the call as partial; \
            with --strict warnings do so, too.
            """,
        effect: .reads,
        examples: [
            Contract.Example("holdfast doctor", "is everything in its place?"),
            Contract.Example("holdfast doctor --strict --quiet", "for a timer: any warning counts"),
        ],
        command: ["doctor"],
        guidance: Guidance(
            "check_system", title: "Check Holdfast", in: .core,
            purpose:
                "Looks for problems: vault, keys, disk space, audit chain, machines without a recent backup.",
            behaviour: "Only looks, on this machine alone; takes seconds.",
            use:
                "Use it first when asked whether all is well; for one machine use check_device; for one backup use get_backup.",
            returns: "Returns findings, each good, warning, bad or not looked at, with what to do.",
            essentials: ["subject", "verdict", "detail", "hint"], withheld: ["strict"],
            next: [.init("list_backups")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        var findings = await StateFindings(paths: paths).all()
        findings.append(await StateFindings.reserve(paths))
        findings += Self.libraries(context.services.libraries)
        findings += await StoreFindings(context: context).all()
        findings += await DeviceFindings(context: context).all()
        return Output(findings: findings, isStrict: input.strict)
    }

    /// Each library that is missing, or that none is.
    static func libraries(_ all: [LateLibrary]) -> [Finding] {
        let missing = all.filter { $0.lack != nil }
        guard missing.isEmpty else {
            return missing.map { library in
                Finding(
                    "library", .bad,
                    "\(library.name), which \(library.purpose), cannot be loaded: \(library.lack ?? "")",
                    hint: "Install it; on Debian: apt-get install --reinstall \(library.package)")
            }
        }
        guard !all.isEmpty else { return [] }
        return [Finding("libraries", .good, all.map(\.name).joined(separator: ", "))]
    }
}
