import Basics
import Collectors
import RemoteExecution
import Restore
import Vault

/// Compares a machine that was made after another one with the backup of that.
package struct CheckRebuild: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device that was rebuilt.", .operand, placeholder: "DEVICE") var old: String
        @Field("The machine that was made after it.", placeholder: "OTHER") var device: DeviceName
        @Field("The plan left out what this glob matches, and all below it; repeatable.", placeholder: "GLOB")
        var exclude: [String] = []
        package init() {}
    }

    /// One difference, explained.
    package struct Row: Codable, Sendable, Equatable {
        /// `identity`, `extra`, `by hand`, `lost`, `unexpected`.
        package let meaning: String
        package let section: String
        /// `file`, `section`, or the kind of a thing.
        package let kind: String
        package let name: String
        /// `added` where only the other machine has it, `removed` where only the backup has, `changed`.
        package let change: String
        package let what: [String]
        package let reason: String
    }

    package struct Output: Codable, Sendable, Displayable {
        package let device: String
        package let backup: String
        /// How many differences there are of each meaning.
        package let counts: [String: Int]
        package let differences: [Row]

        package var isComplete: Bool { counts[RebuildAudit.Meaning.unexpected.rawValue] ?? 0 == 0 }

        package var display: [DisplayBlock] {
            var blocks: [DisplayBlock] = []
            for meaning in RebuildAudit.Meaning.allCases {
                let rows = differences.filter { $0.meaning == meaning.rawValue }
                guard !rows.isEmpty else { continue }
                let tone: Tone = meaning == .unexpected ? .bad : meaning == .identity ? .dim : .plain
                blocks += [
                    .heading("\(Self.title(meaning)) (\(rows.count))"),
                    .table(
                        columns: ["", "SECTION", "KIND", "NAME", "WHY"],
                        rows: rows.map { row in
                            [
                                Cell(Self.sign(row.change), tone), Cell(row.section, .dim),
                                Cell(row.kind, .dim),
                                Cell(row.name, tone), Cell(Self.why(row)),
                            ]
                        }, empty: ""),
                ]
            }
            let unexpected = counts[RebuildAudit.Meaning.unexpected.rawValue] ?? 0
            blocks.append(
                .lines([
                    unexpected == 0
                        ? Cell("\(device) is as backup \(backup) says, but for what is explained.", .good)
                        : Cell("\(unexpected.counted("difference")) cannot be explained.", .bad)
                ]))
            return blocks
        }

        private static func title(_ meaning: RebuildAudit.Meaning) -> String {
            switch meaning {
            case .identity: "Makes the other machine itself"
            case .extra: "Only there"
            case .byHand: "By hand"
            case .lost: "Lost"
            case .unexpected: "Unexpected"
            }
        }

        private static func sign(_ change: String) -> String {
            change == "added" ? "+" : change == "removed" ? "-" : "~"
        }

        private static func why(_ row: Row) -> String {
            let what = row.what.prefix(4).joined(separator: ", ")
            return row.change == "changed" && !what.isEmpty ? "\(what); \(row.reason)" : row.reason
        }
    }

    package static let contract = Contract(
        resource: "rebuild", verb: .custom("check"),
        summary: "Tell what still differs on a machine that was rebuilt, and why",
        discussion: """
            Reads the other machine and compares it with the backup that a rebuild is made from: packages, accounts, units, \
            files, containers, ports. Each difference is explained: it makes the other machine itself, only that one has it, \
            a person must do it, it is lost, or nothing explains it. The exit code tells whether anything is unexplained.
            """,
        effect: .reads,
        errors: [.backupUnknown, .deviceUnknown, .deviceUnreachable, .hostKeyChanged, .vaultCorrupt],
        examples: [
            Contract.Example("holdfast rebuild check web1 --device web2", "after the plan was carried out")
        ],
        reach: .scoped,
        guidance: Guidance(
            "check_rebuild", title: "Check a rebuilt machine", in: .restore,
            purpose: "Compares a machine that was made after another one with the backup of that one.",
            behaviour: "Reads the machine over SSH and changes nothing.",
            use: "Use it after a rebuild; to compare two backups use diff_backups.",
            returns: "Returns a page of differences, each with what explains it.",
            essentials: ["name", "meaning", "section", "change", "reason"], reachesDevices: true))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        let redactor = context.services.redactor
        let source = RebuildReading(
            vault: vault, redactor: redactor, device: input.old,
            scope: context.caller.scope, now: context.clock.now())
        let facts: RebuildFacts
        do { facts = try await source.facts() } catch { throw OperationError(any: error) }
        let excluded = try PathExclusion(input.exclude)
        let device = try await context.device(input.device)
        let (_, manifest) = try await context.manifest(facts.backup)
        let sections = manifest.sections.map(\.name).filter { !$0.hasSuffix("-data") }
        let scope = try await RestoreScope(vault: vault, manifest: manifest, sections: sections, paths: [])
        let reading = try await RestoreReading.read(
            device, scope, vault, context.services.restoreHash(), context,
            RestoreReading.Translation(isOther: true))
        let diff: BackupDiff
        do {
            let wanted = Set(sections)
            diff = try await StateComparison(vault: vault, redactor: redactor).diff(
                from: reading.wanted, to: reading.present.inSections(of: reading.wanted)
            ) { wanted.contains($0) }
        } catch { throw OperationError(any: error) }
        let audit = RebuildAudit(
            other: reading.facts.other ?? OtherMachine(accounts: []),
            runbook: RebuildPlanner(facts, onto: input.device.text).runbook(),
            wholeSections: Set(manifest.sections.filter { $0.status == .ok }.map(\.name)),
            leftOut: Self.leftOut(of: reading.wanted.files, excluded))
        return output(diff, audit, manifest, reading, device)
    }

    /// Why files were not in the plan, by their paths.
    private static func leftOut(of files: [FileEntry], _ excluded: PathExclusion) -> [[UInt8]: String] {
        var reasons: [[UInt8]: String] = [:]
        for file in files {
            if excluded.covers(file.path) {
                reasons[file.path] = "it was left out of the plan, as --exclude says"
            } else if file.isSpecial {
                reasons[file.path] = "setuid files and device nodes come back with --special alone"
            }
        }
        return reasons
    }

    private func output(
        _ diff: BackupDiff, _ audit: RebuildAudit, _ manifest: Manifest, _ reading: RestoreReading,
        _ device: Device
    ) -> Output {
        let findings = Self.differences(diff, reading).map(audit.explain)
        let rows = findings.map { finding in
            Row(
                meaning: finding.meaning.rawValue, section: finding.difference.section,
                kind: finding.difference.kind, name: finding.difference.name,
                change: finding.difference.change.rawValue, what: finding.difference.what,
                reason: finding.reason)
        }
        var counts: [String: Int] = [:]
        for meaning in RebuildAudit.Meaning.allCases {
            counts[meaning.rawValue] = rows.count { $0.meaning == meaning.rawValue }
        }
        return Output(
            device: device.name.text, backup: manifest.id.text, counts: counts, differences: rows)
    }

    private static func differences(
        _ diff: BackupDiff, _ reading: RestoreReading
    ) -> [RebuildAudit.Difference] {
        func change(_ kind: ChangeKind) -> RebuildAudit.Difference.Change {
            switch kind {
            case .added: .added
            case .removed: .removed
            case .changed: .changed
            }
        }
        let places = Dictionary(
            reading.wanted.files.map { ($0.path, $0.section) }
                + reading.present.files.map { ($0.path, $0.section) }
        ) { first, _ in first }
        let sections = diff.sections.map { section in
            RebuildAudit.Difference(
                section: section.section, kind: "section", name: section.section,
                change: section.new == nil || section.new == "absent"
                    ? .removed : section.old == nil || section.old == "absent" ? .added : .changed,
                what: ["\(section.old ?? "not read") -> \(section.new ?? "not read")"])
        }
        let items = diff.items.map { item in
            RebuildAudit.Difference(
                section: item.section, kind: item.kind, name: item.name, change: change(item.change),
                what: item.fields.map(\.field))
        }
        let files = diff.files.map { file in
            let index = places[DeviceText.bytes(ofPath: file.path)] ?? -1
            let names = reading.wanted.sectionNames
            return RebuildAudit.Difference(
                section: names.indices.contains(index) ? names[index] : "", kind: "file", name: file.path,
                change: change(file.change), what: file.what)
        }
        return sections + items + files
    }
}

extension DeviceState {
    /// The state with each file in the section that `other` has it in; files that only this one has stay in theirs.
    fileprivate func inSections(of other: DeviceState) -> DeviceState {
        let places = Dictionary(other.files.map { ($0.path, $0.section) }) { first, _ in first }
        let numbers = Dictionary(other.sectionNames.enumerated().map { ($1, $0) }) { first, _ in first }
        let moved = files.compactMap { entry -> FileEntry? in
            var entry = entry
            if let index = places[entry.path] {
                entry.section = index
                return entry
            }
            guard sectionNames.indices.contains(entry.section),
                let index = numbers[sectionNames[entry.section]]
            else { return nil }
            entry.section = index
            return entry
        }
        return DeviceState(
            label: label, sections: sections, items: items, files: moved, sectionNames: other.sectionNames,
            meter: meter, texts: texts)
    }
}
