import Basics
import Collectors
import HostConfig
import Vault

/// One state of a device, ready to be compared.
struct DeviceState: Sendable {
    /// A backup's id, or `live`.
    let label: String
    /// Status of each section.
    let sections: [String: String]
    /// Things by section, for sections that were understood.
    let items: [String: [InventoryItem]]
    /// Files sorted by path.
    var files: [FileEntry]
    /// Names of sections by the index that files use.
    let sectionNames: [String]
    /// Whether the run that made it ended early.
    var endedEarly = false
    /// Sections that were not asked for, as nobody reads them only to compare: what data containers and instances have.
    var unasked: Set<String> = []
    /// Probes that gave nothing, or not all, by section.
    var lacking: [String: [String]] = [:]
    /// Where contents of a live state are; nil for a backup, whose contents are in the vault.
    let meter: ContentMeter?
    /// The program whose series the backup is one of; nil for one of a device.
    var series: AssistantHost?
    /// The hosts whose files lie where links of it lead.
    var hostEnds = OnDemand<[String: [AssistantHost]]> { [:] }
    /// Contents that are only known here.
    var texts: [MappedBackup.ContentKey: [UInt8]] = [:]
}

/// Compares two states of a device.
struct StateComparison {
    /// Longest text that is compared line by line, in bytes.
    private static let textLimit: Int64 = 1 << 20

    let vault: Vault
    let redactor: Redactor

    /// The state a backup holds.
    func state(of manifest: Manifest) async throws -> DeviceState {
        var state = try await inventories(of: manifest) { _ in true }
        state.files = try await vault.entries(of: manifest)
        state.series = HostSeries.host(of: manifest.summary).flatMap(AssistantHost.named)
        return state
    }

    /// The same without its files, and with what is in some sections alone.
    func inventories(of manifest: Manifest, _ isWanted: (String) -> Bool) async throws -> DeviceState {
        var items: [String: [InventoryItem]] = [:]
        for section in manifest.sections where !section.inventory.isEmpty && isWanted(section.name) {
            items[section.name] = try await vault.inventory(of: section)
        }
        return DeviceState(
            label: manifest.id.text,
            sections: Dictionary(manifest.sections.map { ($0.name, $0.status.rawValue) }) { first, _ in first
            },
            items: items, files: [],
            sectionNames: manifest.sections.map(\.name),
            endedEarly: manifest.notCovered.contains { $0.hasPrefix(SectionAssembly.earlyEnd) },
            lacking: manifest.sections.lacking, meter: nil)
    }

    /// The state that was just read.
    func state(of reading: DeviceBackup.Reading, meter: ContentMeter) async throws -> DeviceState {
        var items: [String: [InventoryItem]] = [:]
        for section in reading.sections where !section.inventory.isEmpty {
            guard let bytes = await meter.bytes(of: section.inventory),
                let stored = try? JSONParser.parse(bytes)
            else {
                throw OperationError(
                    .collectionFailed, "The live inventory of \(section.name) is too large to compare")
            }
            items[section.name] = (stored["items"]?.array ?? []).compactMap(InventoryItem.init(json:))
        }
        return DeviceState(
            label: "live",
            sections: Dictionary(reading.sections.map { ($0.name, $0.status.rawValue) }) { first, _ in first
            },
            items: items, files: reading.entries, sectionNames: reading.sections.map(\.name),
            lacking: reading.sections.lacking, meter: meter)
    }

    private func content(_ entry: FileEntry, in state: DeviceState) async throws -> [UInt8]? {
        if let bytes = state.texts[MappedBackup.ContentKey(entry.content)] { return bytes }
        if let meter = state.meter, let bytes = await meter.bytes(of: entry.content) { return bytes }
        return state.meter == nil ? try await vault.bytes(of: entry.content) : nil
    }

    /// What differs, secrets hidden; a section that one side did not read is one line, not a thousand removals.
    /// - Parameter asked: sections that somebody named, so that the answer is not whole without them.
    func diff(
        from old: DeviceState, to new: DeviceState, asked: Set<String> = [], wanted: (String) -> Bool
    ) async throws -> BackupDiff {
        let names = Set(old.sections.keys).union(new.sections.keys).filter(wanted).sorted()
        let sections = names.filter { old.sections[$0] != new.sections[$0] && !new.unasked.contains($0) }
            .map { SectionChange(section: $0, old: old.sections[$0], new: new.sections[$0]) }
        let readable = Set(names.filter { Self.isRead(old.sections[$0]) && Self.isRead(new.sections[$0]) })
        let items = readable.sorted().flatMap { name in
            InventoryDiff.changes(
                section: name, from: hidden(old.items[name] ?? []), to: hidden(new.items[name] ?? []))
        }
        let files = try await fileChanges(old, new, in: readable)
        var gaps = Gaps(old, new, wanted: names, asked: asked)
        let known = (
            items: items.filter { gaps.allows($0) }, files: files.filter { gaps.allows($0.section, $0.file) }
        )
        return BackupDiff(
            from: old.label, to: new.label, sections: sections, notKnown: gaps.found,
            notCompared: gaps.uncompared, items: known.items, files: known.files.map(\.file))
    }

    /// What one state could not see, and the other has: neither removed nor added as far as anybody knows.
    private struct Gaps {
        /// The state that lacks a part of the section, by whether it is the first one.
        private var removals: Set<String> = []
        private var additions: Set<String> = []
        private var counts: [String: Int] = [:]
        private var unread: [String] = []
        /// Sections that no live state has, beside others that were compared.
        private(set) var uncompared: [String] = []
        private let (from, to): (String, String)

        init(_ old: DeviceState, _ new: DeviceState, wanted names: [String], asked: Set<String>) {
            let isAll = names.allSatisfy(new.unasked.contains)
            (from, to) = (old.label, new.label)
            for name in names {
                if new.unasked.contains(name), old.sections[name] != "absent" {
                    if isAll || asked.contains(name) { unread.append(name) } else { uncompared.append(name) }
                }
                guard let before = old.sections[name], let after = new.sections[name] else { continue }
                let (wasRead, isRead) = (StateComparison.isRead(before), StateComparison.isRead(after))
                if wasRead != isRead { unread.append(name) }
                if after == "partial", before != "partial" || new.endedEarly { removals.insert(name) }
                if before == "partial", after != "partial" || old.endedEarly { additions.insert(name) }
            }
        }

        mutating func allows(_ item: ItemChange) -> Bool { allows(item.section, item.change) }
        mutating func allows(_ section: String, _ file: FileChange) -> Bool { allows(section, file.change) }

        private mutating func allows(_ section: String, _ change: ChangeKind) -> Bool {
            let isUnknown =
                change == .removed && removals.contains(section)
                || change == .added && additions.contains(section)
            if isUnknown { counts[section, default: 0] += 1 }
            return !isUnknown
        }

        var found: [SectionGap] {
            let counted = counts.map { name, count in
                SectionGap(section: name, state: removals.contains(name) ? to : from, things: count)
            }
            let whole = unread.map { SectionGap(section: $0, state: nil, things: 0) }
            return (counted + whole).sorted { $0.section < $1.section }
        }
    }

    fileprivate static func isRead(_ status: String?) -> Bool {
        status == "ok" || status == "partial" || status == "absent"
    }

    /// Items with each secret replaced by its mark: a changed secret still differs, and is never shown.
    private func hidden(_ items: [InventoryItem]) -> [InventoryItem] {
        items.map { item in
            InventoryItem(item.kind, item.name, redactor.redact(.object(item.fields)).object ?? [:])
        }
    }

    private func fileChanges(
        _ old: DeviceState, _ new: DeviceState, in readable: Set<String>
    ) async throws -> [(section: String, file: FileChange)] {
        func belongs(_ entry: FileEntry, _ state: DeviceState) -> Bool {
            state.sectionNames.indices.contains(entry.section)
                && readable.contains(state.sectionNames[entry.section])
        }
        var (old, new) = (old, new)
        old.hostEnds = OnDemand { [files = old.files] in AssistantHost.ends(of: files) }
        new.hostEnds = OnDemand { [files = new.files] in AssistantHost.ends(of: files) }
        let before = old.files.filter { belongs($0, old) }
        let after = new.files.filter { belongs($0, new) }
        var changes: [(section: String, file: FileChange)] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if right == after.count
                || left < before.count && before[left].path.lexicographicallyPrecedes(after[right].path)
            {
                changes.append((old.sectionNames[before[left].section], single(before[left], .removed)))
                left += 1
            } else if left == before.count || after[right].path.lexicographicallyPrecedes(before[left].path) {
                changes.append((new.sectionNames[after[right].section], single(after[right], .added)))
                right += 1
            } else {
                if let change = try await change(before[left], old, after[right], new) {
                    changes.append((new.sectionNames[after[right].section], change))
                }
                (left, right) = (left + 1, right + 1)
            }
        }
        return changes
    }

    private func single(_ entry: FileEntry, _ kind: ChangeKind) -> FileChange {
        FileChange(path: DeviceText.path(entry.path), change: kind, what: [entry.kind.words], text: [])
    }

    private func change(
        _ old: FileEntry, _ oldState: DeviceState, _ new: FileEntry, _ newState: DeviceState
    ) async throws -> FileChange? {
        var what: [String] = []
        if old.kind != new.kind { what.append("kind \(old.kind.words) -> \(new.kind.words)") }
        if old.mode != new.mode, old.kind != .symbolicLink {
            what.append("mode \(old.octalMode) -> \(new.octalMode)")
        }
        if old.userID != new.userID || old.groupID != new.groupID {
            what.append("owner \(old.userID):\(old.groupID) -> \(new.userID):\(new.groupID)")
        }
        if old.linkTarget != new.linkTarget {
            what.append("target \(DeviceText.path(old.linkTarget)) -> \(DeviceText.path(new.linkTarget))")
        }
        if old.attributes != new.attributes { what.append("attributes") }
        if old.device != new.device { what.append("device number") }
        let isContentChanged = old.content != new.content || old.extents != new.extents
        if isContentChanged { what.append("content") }
        guard !what.isEmpty else { return nil }
        let text = isContentChanged ? try await textChange(old, oldState, new, newState) : []
        return FileChange(path: DeviceText.path(new.path), change: .changed, what: what, text: text)
    }

    /// The unified diff of two texts whose secrets were hidden first.
    private func textChange(
        _ old: FileEntry, _ oldState: DeviceState, _ new: FileEntry, _ newState: DeviceState
    ) async throws -> [String] {
        guard old.kind == .file, new.kind == .file, old.size <= Self.textLimit, new.size <= Self.textLimit
        else { return [] }
        let path = DeviceText.string(new.path)
        var texts: [[UInt8]?] = []
        for (entry, state) in [(old, oldState), (new, newState)] {
            let text = try await content(entry, in: state).flatMap { String(validating: $0, as: UTF8.self) }
            let hosts = (state.series.map { [$0] } ?? []) + (state.hostEnds.value[path] ?? [])
            texts.append(text.map { Array(redactor.shown($0, at: path, of: hosts).utf8) })
        }
        guard let before = texts[0], let after = texts[1] else { return [] }
        return TextDiff.unified(before, after) ?? []
    }
}
