import Basics
import Collectors
import RemoteExecution
import Vault

/// Turns what a run brought into the sections of a backup, each with a true status.
struct SectionAssembly {
    let device: Device
    let plan: CollectionPlan
    let results: CollectionResults
    /// Number and size of the files of each section, by index.
    let files: [Int: (count: Int, bytes: Int64)]
    /// Files that arrived without a usable name or were cut off.
    let lost: [String]
    /// Whether there are no files that were listed and never came.
    private let hasAllListed: Bool
    /// Whether all files that may not be what they are on the device are marked as such.
    private let knowsDoubtful: Bool
    /// Why the run did not come to its end; nil when it did.
    let interruption: ShellError?
    /// Names of sections that are no part of the backup.
    private let unrecorded: Set<String>
    private let mayLackOwnPaths: Bool
    /// Whether there are files of an SSH server, without its moduli.
    private let lacksModuli: Bool
    /// Files whose time lies beyond what can be kept, in readable form: how many, and the first few.
    private let farOff: (count: Int, first: [String])
    /// What tar said of single files, stream by stream.
    private let issues: [[FileIssue]]
    /// The section of each of these files, for streams that are of no single section.
    private let issueSections: [[Int?]]
    /// Files that were listed and asked for, and of which nothing came and nothing was said: how many of a section, and one.
    private let unsent: [Int: (count: Int, one: String)]

    init(
        device: Device, plan: CollectionPlan, results: CollectionResults, finder: SectionFinder,
        files read: BackupAssembler.Outcome, interruption: ShellError?, unrecorded: Set<String> = [],
        mayLackOwnPaths: Bool = false
    ) {
        let entries = read.entries
        self.device = device
        self.plan = plan
        self.results = results
        let files = Self.sums(entries)
        self.files = files
        lost = read.lost
        hasAllListed = read.missing.isEmpty
        knowsDoubtful = read.knowsDoubtful
        self.interruption = interruption
        self.unrecorded = unrecorded
        self.mayLackOwnPaths = mayLackOwnPaths
        let moduli = Array(SSHDCollector.moduli.utf8)
        let server = plan.collectors.firstIndex { $0 == SSHDCollector.self }
        lacksModuli =
            server.map { files[$0] != nil } == true
            && !entries.indices.contains { entries[$0].path == moduli }
        farOff = Self.farOff(entries)
        let issues = results.streams.map(\.issues)
        self.issues = issues
        unsent = Self.unsent(read.missing, results.streams, issues)
        issueSections = zip(results.streams, issues).map { stream, issues in
            switch stream.role {
            case .files: issues.map { $0.paths.lazy.compactMap { finder.section(of: $0) }.first }
            case .listing, .selected:
                issues.map { Self.section(of: $0.paths, read, plan, finder) }
            case .data, .discovered, .ownPaths, .probe: []
            }
        }
    }

    /// Number and size of the files of each section.
    private static func sums(_ entries: [FileEntry]) -> [Int: (count: Int, bytes: Int64)] {
        var files: [Int: (count: Int, bytes: Int64)] = [:]
        // Entries are large: they are looked at where they lie.
        for index in entries.indices {
            let (section, size) = (entries[index].section, entries[index].size)
            files[section, default: (0, 0)].count += 1
            files[section, default: (0, 0)].bytes += size
        }
        return files
    }

    private static func unsent(
        _ missing: [[UInt8]: Int], _ streams: [FileStreamResult], _ issues: [[FileIssue]]
    ) -> [Int: (count: Int, one: String)] {
        guard streams.contains(where: { $0.role == .selected && $0.isWhole }) else { return [:] }
        let told = Set(issues.joined().flatMap(\.paths))
        var unsent: [Int: (count: Int, one: String)] = [:]
        for (path, section) in missing where !told.contains(path) {
            let name = DeviceText.path(path)
            let (count, one) = unsent[section] ?? (0, name)
            unsent[section] = (count + 1, min(one, name))
        }
        return unsent
    }

    private static func farOff(_ entries: [FileEntry]) -> (count: Int, first: [String]) {
        var found: (count: Int, first: [String]) = (0, [])
        for index in entries.indices where [.min, .max].contains(entries[index].modified) {
            found.count += 1
            if found.first.count < 5 { found.first.append(DeviceText.string(entries[index].path)) }
        }
        return found
    }

    /// Whose a file is that was listed.
    private static func section(
        of paths: [[UInt8]], _ read: BackupAssembler.Outcome, _ plan: CollectionPlan,
        _ finder: SectionFinder
    ) -> Int? {
        for path in paths {
            if let section = read.missing[path] { return section }
            if let entry = read.entries.first(where: { $0.path == path }) { return entry.section }
        }
        let searched = Array(LocalConfigurationCollector.searched.utf8)
        if paths.contains(searched),
            let owner = plan.collectors.firstIndex(where: { $0 == LocalConfigurationCollector.self })
        {
            return owner
        }
        return paths.lazy.compactMap { finder.section(of: $0) }.first
            ?? (plan.ownPaths.paths.isEmpty ? nil : plan.ownPathsSection)
    }

    private var user: String { results.account ?? "unknown" }

    /// The device as the backup names it.
    var backupDevice: BackupDevice {
        let facts = results.captures["identity"]?.lines("facts") ?? []
        let machineID = facts.first { $0.hasPrefix("machineID=") }.map { String($0.dropFirst(10)) } ?? ""
        var address = ""
        if case .ssh(let target) = device.connection { address = target.description }
        return BackupDevice(
            name: device.name.text, machineID: machineID,
            hostKeyFingerprint: device.hostKey?.fingerprint ?? "",
            address: address)
    }

    /// `ok` only if everything that exists was read.
    func status(of sections: [SectionRecord]) -> BackupSummary.Status {
        let isWhole = sections.allSatisfy { $0.status == .ok || $0.status == .absent }
        if isWhole, interruption == nil, results.isComplete { return .ok }
        return sections.contains { $0.status == .ok || $0.status == .partial } ? .partial : .failed
    }

    /// What the first sentence about a run begins with that was not carried to its end.
    static let earlyEnd = "The run ended early"

    /// Why something was not even looked at; nil when the run came to its end, and all its steps that find files did.
    var shortfall: String? {
        if let interruption { return interruption.message }
        if !results.isComplete { return "its script did not come to its end" }
        let cut = results.streams.first { stream in
            if case .exited = stream.outcome { return false }
            return stream.outcome != .absent && stream.outcome != .unchanged && stream.outcome != .denied
        }
        return cut.map { "its step ‘\(plan.name(of: $0.role))’ did not come to its end" }
    }

    /// How the sentence begins that names exclusions.
    static let exclusions = "Own paths that an exclusion matches: "

    /// What is said of own paths that `globs` leave out.
    static func exclusion(_ globs: [String]) -> String {
        exclusions + globs.map { TerminalText.escape($0) }.joined(separator: ", ") + "."
    }

    /// What the backup does not hold, as sentences.
    var notCovered: [String] {
        var sentences = interruption.map { ["\(Self.earlyEnd): \($0.message)."] } ?? []
        sentences += lost.map { "\($0)." }
        if !plan.ownPaths.paths.isEmpty {
            sentences.append(
                "Files outside of the system's configuration that the section ‘\(DeviceBackup.ownPathsSection)’ does not name."
            )
        } else {
            sentences.append(
                "Files outside of the system's configuration: home folders, /srv, /opt, /var/lib. "
                    + "Name them with --path or ‘holdfast device set --add-path’.")
        }
        if !plan.ownPaths.excludes.isEmpty { sentences.append(Self.exclusion(plan.ownPaths.excludes)) }
        sentences += links + sockets
        if farOff.count > 0 {
            let more =
                farOff.count > farOff.first.count ? " and \(farOff.count - farOff.first.count) more" : ""
            sentences.append(
                "Times before 1677 and after 2262, which are kept as the nearest that can be told: of "
                    + "\(farOff.first.joined(separator: ", "))\(more).")
        }
        if answers("docker-containers"), plan.dataSources.isEmpty {
            sentences.append("Data of containers: volumes and bind mounts. Pass --include-data.")
        }
        for (section, name) in [(IncusCollector.name, "Incus"), (LXDCollector.name, "LXD")]
        where answers(section) {
            if plan.dataSources.isEmpty {
                sentences.append("What instances of \(name) hold. Pass --include-data.")
            }
            sentences.append(
                "Of \(name): images, volumes that belong to no instance, and what instances in other projects than "
                    + "‘default’ hold.")
        }
        if lacksModuli {
            sentences.append(
                "\(SSHDCollector.moduli), unless it differs from what its package brought: then the section "
                    + "‘\(LocalConfigurationCollector.name)’ has it.")
        }
        sentences.append("Databases as consistent dumps, unless their files were at rest.")
        return sentences
    }

    /// Whether something of a section could be asked for.
    private func answers(_ section: String) -> Bool {
        results.captures[section]?.byProbe.values.contains {
            $0.outcome == .exited(0) || $0.outcome == .unchanged
        } == true
    }

    /// A sentence for each own path that is a link: what it points to is not in the backup because of it.
    private var links: [String] {
        let targets = results.streams.reduce(into: [:]) { $0.merge($1.linkedPaths) { $1 } }
        return targets.sorted { $0.key < $1.key }.compactMap { index, target in
            guard plan.ownPaths.paths.indices.contains(index) else { return nil }
            let path = DeviceText.string(plan.ownPaths.paths[index])
            return
                "What \(path) points to: it is a link to \(target) and is kept as such. Name the target with --path."
        }
    }

    /// The first sockets and how many more there are, as one sentence; none when there are no sockets.
    private var sockets: [String] {
        let sockets = results.sockets
        guard !sockets.isEmpty else { return [] }
        let more = sockets.count > 5 ? " and \(sockets.count - 5) more" : ""
        return ["Sockets, which hold nothing: \(sockets.prefix(5).joined(separator: ", "))\(more)."]
    }

    private func isRecorded(_ collector: Int) -> Bool {
        !unrecorded.contains(plan.collectors[collector].name)
    }

    /// The files under the numbers that their sections have in the backup.
    func recorded(_ entries: [FileEntry]) -> [FileEntry] {
        let left = plan.collectors.indices.filter { !isRecorded($0) }
        guard !left.isEmpty else { return entries }
        var entries = entries.filter { !left.contains($0.section) }
        for index in entries.indices {
            let section = entries[index].section
            entries[index].section -= left.count { $0 < section }
        }
        return entries
    }

    /// The sections in the plan's order, their inventories and captures stored.
    ///
    /// - Parameters:
    ///   - earlier: sections of the device's newest backup by the same version of this program. A collector is a pure
    ///     function of its captures, so where these are the same, so is the inventory.
    ///   - vault: has what was not sent because it is unchanged.
    func sections(
        storingInto intake: any ContentIntake, earlier: [String: SectionRecord], from vault: Vault
    ) async throws(VaultError) -> [SectionRecord] {
        var sections: [SectionRecord] = []
        let captures = try await storeCaptures(intake, earlier)
        let unchanged = try await inventories(of: captures, earlier, in: intake)
        var inventories: [[UInt8]] = []
        var owners: [Int] = []
        for (index, collector) in plan.collectors.enumerated() where isRecorded(index) {
            let own = captures[index] ?? []
            let known = unchanged[index] ?? []
            let texts = known.isEmpty ? try await self.captures(of: collector, own, from: vault) : nil
            var (record, inventory) = section(index, collector, texts)
            record.captures = own
            record.inventory = known
            if let inventory {
                owners.append(sections.count)
                inventories.append(inventory)
            }
            sections.append(record)
        }
        for (owner, stored) in zip(owners, try await intake.store(contents: inventories, as: .record)) {
            sections[owner].inventory = stored
        }
        if !plan.ownPaths.paths.isEmpty { sections.append(ownPaths()) }
        for index in plan.dataSources.indices { sections.append(data(index)) }
        return sections
    }

    /// Inventories of the earlier backup whose captures are the same, by index of the collector; none that is not there.
    private func inventories(
        of captures: [Int: [SectionRecord.Capture]], _ earlier: [String: SectionRecord],
        in intake: any ContentIntake
    ) async throws(VaultError) -> [Int: [ContentRef]] {
        let candidates = plan.collectors.indices.compactMap { index -> (Int, [ContentRef])? in
            guard isRecorded(index), let section = earlier[plan.collectors[index].name],
                !section.inventory.isEmpty, section.captures.hold(the: captures[index] ?? [])
            else { return nil }
            return (index, section.inventory)
        }
        let held = try await intake.contains(each: candidates.map(\.1))
        return Dictionary(zip(candidates, held).filter(\.1).map(\.0)) { first, _ in first }
    }

    /// What the probes of a collector printed; of unchanged ones, what they had printed before.
    private func captures(
        of collector: any Collector.Type, _ records: [SectionRecord.Capture], from vault: Vault
    ) async throws(VaultError) -> Captures {
        var captures = results.captures[collector.name] ?? Captures()
        for record in records where captures.byProbe[record.probe]?.outcome == .unchanged {
            captures.byProbe[record.probe] = Capture(
                outcome: .exited(0), output: try await vault.bytes(of: record.output))
        }
        return captures
    }

    /// One section without what is stored of it, and its inventory as JSON.
    /// - Parameter texts: what the inventory is made from; nil when it is known already.
    private func section(
        _ index: Int, _ collector: any Collector.Type, _ texts: Captures?
    ) -> (record: SectionRecord, inventory: [UInt8]?) {
        let captures = results.captures[collector.name] ?? Captures()
        var inventory: Inventory?
        var misunderstood: CollectorError?
        if let texts {
            do { inventory = try collector.parse(texts) } catch { misunderstood = error }
        }
        misunderstood = misunderstood ?? collector.doubt(captures)
        let files = files[index] ?? (0, 0)
        let outcome = filesOutcome(index, found: files.count)
        let verdict = SectionVerdict(
            probes: collector.probes, captures: captures, files: outcome, misunderstood: misunderstood,
            user: user)
        let isCut = !outcome.isComplete || captures.byProbe.values.contains { $0.outcome == .lost }
        var record = SectionRecord(
            name: collector.name, status: SectionRecord.Status(rawValue: verdict.status.rawValue) ?? .failed,
            reason: reason(verdict, isCut: isCut), hint: verdict.hint, files: files.count, bytes: files.bytes)
        if record.status == .ok, files.count == 0, texts != nil, inventory?.items.isEmpty ?? true {
            record.status = .absent
            record.reason = "there is nothing of the kind"
        }
        guard let inventory, !inventory.items.isEmpty else { return (record, nil) }
        let items = inventory.items.sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
        let json = JSONValue.object([
            "items": .array(items.map(\.json)), "remarks": .array(inventory.remarks.map { .string($0) }),
        ])
        return (record, JSONWriter.bytes(json))
    }

    /// Stores what all probes printed, in one step; by index of the collector.
    ///
    /// - Throws: `invalid` when what is unchanged is no longer there.
    private func storeCaptures(
        _ intake: any ContentIntake, _ earlier: [String: SectionRecord]
    ) async throws(VaultError) -> [Int: [SectionRecord.Capture]] {
        var contents: [[UInt8]] = []
        var records: [StoredCapture] = []
        var kept: [ContentRef] = []
        for (index, collector) in plan.collectors.enumerated() where isRecorded(index) {
            let past = earlier[collector.name]?.captures ?? []
            for probe in collector.probes {
                guard let capture = results.captures[collector.name]?.byProbe[probe.name],
                    capture.outcome != .absent
                else { continue }
                let before = past.first { $0.probe == probe.name }
                records.append(StoredCapture(collector: index, probe: probe.name, capture, before))
                if capture.outcome == .unchanged {
                    kept += before?.output ?? []
                } else {
                    contents += [capture.output, capture.errors]
                }
            }
        }
        guard try await intake.contains(kept) else { throw BackupAssembler.gone }
        var stored = try await intake.store(contents: contents, as: .record)[...]
        var byCollector: [Int: [SectionRecord.Capture]] = [:]
        for capture in records {
            guard let record = capture.record(taking: &stored) else { throw BackupAssembler.gone }
            byCollector[capture.collector, default: []].append(record)
        }
        return byCollector
    }

    /// What the next reading needs for telling what changed; without a digest where it would not be sure that all of the
    /// configuration is in this backup, and nil where it would not be sure that a file's content is what its times say.
    ///
    /// - Parameter earlier: the digest that the device was given.
    func listing(earlier: OutputDigest?) -> Manifest.Listing? {
        guard let listing = results.listing, let began = listing.began, knowsDoubtful else { return nil }
        let digest = listing.isKnown ? earlier?.text : digest(of: listing)
        return Manifest.Listing(began: began, nanoseconds: listing.nanoseconds, digest: digest)
    }

    private func digest(of listing: CollectionResults.Listing) -> String? {
        guard interruption == nil, results.isComplete else { return nil }
        let isWhole = zip(results.streams, issues).allSatisfy { stream, issues in
            switch stream.role {
            case .listing, .selected: stream.outcome == .exited(0) && stream.failure == nil && issues.isEmpty
            case .data, .discovered, .files, .ownPaths, .probe: true
            }
        }
        return isWhole && lost.isEmpty && hasAllListed ? listing.digest : nil
    }

    /// What became of the files of the collector at `index`.
    private func filesOutcome(_ index: Int, found: Int) -> FilesOutcome {
        let collector = plan.collectors[index]
        var outcome = FilesOutcome(found: found, rootCommand: "/bin/sh")
        for ((stream, issues), sections) in zip(zip(results.streams, issues), issueSections) {
            switch stream.role {
            case .files, .listing, .selected:
                guard !collector.files.patterns.isEmpty || collector.files.discovery != nil else { continue }
                outcome.add(zip(issues, sections).filter { $0.1 == index }.map(\.0))
            case .discovered(let owner):
                guard owner == index else { continue }
                outcome.add(issues)
            case .data, .ownPaths, .probe: continue
            }
            outcome.add(stream)
        }
        if let (count, one) = unsent[index] { outcome.distrust(Self.lacking(count, one)) }
        return outcome
    }

    private static func lacking(_ count: Int, _ one: String) -> String {
        count == 1
            ? "\(one) was listed and did not" : "\(count) that were listed did not, \(one) among them"
    }

    private func data(_ index: Int) -> SectionRecord {
        let source = plan.dataSources[index]
        let files = files[plan.section(ofSource: index)] ?? (0, 0)
        var outcome = FilesOutcome(found: files.count, rootCommand: "/bin/sh")
        var isAbsent = false
        for (stream, issues) in zip(results.streams, issues) where stream.role == .data(source: index) {
            outcome.add(issues)
            isAbsent = stream.outcome == .absent || stream.outcome == .exited(127)
            if stream.outcome == .exited(74) {
                outcome.failed.append(
                    "the data of a container that is removed when it stops, at one moment,")
            }
            if stream.outcome == .exited(75) {
                outcome.failed.append(
                    "the data, whose containers had to be started before the copy was complete,")
            }
            if stream.outcome == .exited(76) {
                outcome.failed.append(
                    "a container that was stopped could not be started again, and its state")
            }
            if !isAbsent { outcome.add(stream) }
        }
        let verdict = SectionVerdict(probes: [], captures: Captures(), files: outcome, user: user)
        let isEmpty = files.count == 0 && verdict.status == .absent
        return SectionRecord(
            name: source.name, status: SectionRecord.Status(rawValue: verdict.status.rawValue) ?? .failed,
            reason: isAbsent
                ? "\(source.step.tool ?? "") is not installed"
                : isEmpty ? "there is no such data" : reason(verdict, isCut: !outcome.isComplete),
            hint: verdict.hint, files: files.count, bytes: files.bytes)
    }

    private func ownPaths() -> SectionRecord {
        let files = files[plan.ownPathsSection] ?? (0, 0)
        var outcome = FilesOutcome(found: files.count, rootCommand: "/bin/sh")
        for ((stream, issues), sections) in zip(zip(results.streams, issues), issueSections) {
            switch stream.role {
            case .ownPaths: outcome.add(issues)
            case .listing, .selected:
                outcome.add(zip(issues, sections).filter { $0.1 == plan.ownPathsSection }.map(\.0))
            case .data, .discovered, .files, .probe: continue
            }
            outcome.add(stream)
            guard !mayLackOwnPaths else { continue }
            outcome.failed += stream.missingPaths.filter(plan.ownPaths.paths.indices.contains).map {
                "\(DeviceText.string(plan.ownPaths.paths[$0])), which does not exist,"
            }
        }
        if let (count, one) = unsent[plan.ownPathsSection] { outcome.distrust(Self.lacking(count, one)) }
        let verdict = SectionVerdict(probes: [], captures: Captures(), files: outcome, user: user)
        return SectionRecord(
            name: DeviceBackup.ownPathsSection,
            status: SectionRecord.Status(rawValue: verdict.status.rawValue) ?? .failed,
            reason: reason(verdict, isCut: !outcome.isComplete),
            hint: verdict.hint, files: files.count, bytes: files.bytes)
    }

    /// The reason of a verdict, and of a section that was cut off by a device that floods, that it does.
    private func reason(_ verdict: SectionVerdict, isCut: Bool) -> String {
        guard isCut, let interruption, interruption.code == .outputLimit else { return verdict.reason }
        return "\(verdict.reason); \(interruption.message)"
    }
}

extension FilesOutcome {
    /// Whether the stream brought all there is, and why not.
    fileprivate mutating func add(_ stream: FileStreamResult) {
        guard !stream.isWhole else { return }
        isComplete = false
        broken = broken ?? stream.failure ?? (stream.outcome == .absent ? "tar is not installed there" : nil)
    }

    /// Takes a stream for cut off that lacks what it cannot lack.
    fileprivate mutating func distrust(_ reason: String) {
        isComplete = false
        broken = broken ?? reason
    }

    fileprivate mutating func add(_ issues: [FileIssue]) {
        for issue in issues {
            switch issue.kind {
            case .denied: denied.append(issue.path)
            case .changed: torn.append(issue.path)
            case .failed: failed.append("\(issue.path) (\(issue.reason))")
            case .socket, .vanished: break
            }
        }
    }
}

extension FileStreamResult {
    /// Whether the stream came to its end; status 1 means that there was something about single files, which tar or find
    /// named.
    fileprivate var isWhole: Bool {
        guard failure == nil else { return false }
        switch outcome {
        case .exited(let status): return status == 0 || status == 1
        case .unchanged: return true
        case .absent, .denied, .timedOut, .truncated, .mixed, .lost: return false
        }
    }
}

extension ProbeOutcome {
    /// The outcome as the vault keeps it.
    var text: String {
        switch self {
        case .exited(let status): "exited:\(status)"
        case .unchanged: "exited:0"
        case .absent: "absent"
        case .denied: "denied"
        case .timedOut: "timed-out"
        case .truncated: "truncated"
        case .mixed: "mixed"
        case .lost: "lost"
        }
    }
}
