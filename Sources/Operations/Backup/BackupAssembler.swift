import Basics
import Codecs
import Collectors
import Vault

/// Takes the files of one device in while they arrive and stores their contents in the vault.
///
/// Small contents are stored many at a time, large ones piece by piece: memory does not grow with a device's data.
actor BackupAssembler: FileSink {
    /// A content up to this length waits for others before it is stored, in bytes.
    private static let smallLimit = 128 << 10
    /// Waiting contents are stored when together they reach this length, in bytes.
    private static let batchLimit = 128 << 10

    /// What a member takes in an archive besides its content, in bytes.
    private static let headerLength: Int64 = 512

    private struct Open {
        var entry: FileEntry
        var buffered: [UInt8] = []
        var stream: VaultWriter.StreamID?
        var received: Int64 = 0
    }

    /// What is known of a listed file before it comes.
    struct Expectation {
        let section: Int
        /// When it last changed; earlier than that of what comes where it changed meanwhile.
        let changed: Int64
    }

    /// What a run brought of files.
    struct Outcome {
        /// Sorted by path, each path once.
        var entries: [FileEntry]
        /// A sentence for each content that is not among them.
        var lost: [String]
        /// Sections of files that were listed and never came, by path.
        var missing: [[UInt8]: Int]
        /// Whether `doubt` found all files that may not be what they are on the device.
        private(set) var knowsDoubtful = true

        init(entries: [FileEntry], lost: [String], missing: [[UInt8]: Int]) {
            self.entries = entries
            self.lost = lost
            self.missing = missing
        }

        /// Sees to it that no later backup takes a file over that was not read well, though it is in this one.
        ///
        /// Of a file that cannot be read tar sends zeros, of one that became shorter as well: neither shows in its times.
        mutating func doubt(_ streams: [FileStreamResult]) {
            let sent = streams.filter { $0.role == .selected }
            let issues = sent.flatMap(\.issues).filter { $0.kind != .vanished && $0.kind != .socket }
            let doubtful = Set(issues.flatMap(\.paths))
            var found = doubtful.filter { missing[$0] != nil }
            if !doubtful.isEmpty {
                for index in entries.indices where doubtful.contains(entries[index].path) {
                    // No file on a device has it, so that it is never the same.
                    entries[index].changed = 0
                    found.insert(entries[index].path)
                }
            }
            knowsDoubtful =
                !sent.contains(where: \.hasCutErrors)
                && issues.allSatisfy { $0.paths.contains(where: found.contains) }
        }
    }

    private let intake: any ContentIntake
    private let finder: SectionFinder
    private let plan: CollectionPlan
    private var earlier: EarlierFiles
    /// The sections of those earlier entries that are taken over.
    private var kept: [Int?]
    /// What was asked for and did not come yet.
    private var expected: [BytesKey: Expectation] = [:]
    private var keepsConfiguration = false
    private let onBytes: @Sendable (Int64) -> Void
    private var open: Open?
    /// The member whose content is not kept, as it is out of scope.
    private var passed: [UInt8]?
    private var entries: [FileEntry] = []
    private var waiting: [(entry: FileEntry, content: [UInt8])] = []
    private var waitingBytes = 0
    private var unclaimed: [String] = []
    private var quota: FileQuota

    /// - Parameters:
    ///   - quota: how much the device may say of files.
    ///   - plan: tells which section a stream belongs to.
    ///   - finder: tells which section a file of the shared stream belongs to.
    ///   - earlier: files of the parent backup, from which unchanged ones are taken over.
    ///   - onBytes: called with the number of content bytes of each piece that arrived.
    init(
        intake: any ContentIntake, plan: CollectionPlan, finder: SectionFinder,
        earlier: EarlierFiles = EarlierFiles([]), quota: FileQuota,
        onBytes: @escaping @Sendable (Int64) -> Void
    ) {
        self.intake = intake
        self.finder = finder
        self.plan = plan
        self.earlier = earlier
        self.quota = quota
        kept = [Int?](repeating: nil, count: earlier.entries.count)
        self.onBytes = onBytes
    }

    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {
        for event in events {
            switch event {
            case .entry(let member): try begin(member, role)
            case .content(let bytes): try await append(bytes)
            case .end: try await end()
            case .finished: break
            }
        }
        if waitingBytes >= Self.batchLimit { try await storeWaiting() }
    }

    func select(_ listed: [ListedFile]) async throws -> [[UInt8]] {
        var wanted: [[UInt8]] = []
        var candidates: [(place: Int, section: Int, file: ListedFile)] = []
        var pieces: [ContentRef] = []
        for file in listed {
            // What two sections ask for belongs to the first of them.
            guard let section = plan.section(of: file, by: finder), expected[BytesKey(file.path)] == nil
            else {
                continue
            }
            if let place = earlier.place(of: file.path) {
                if kept[place] != nil { continue }
                if earlier.isSettled(place), Self.isUnchanged(earlier.entries[place], file),
                    !earlier.linked.contains(file.path)
                {
                    candidates.append((place, section, file))
                    pieces.append(contentsOf: earlier.entries[place].content)
                    continue
                }
            }
            wanted.append(file.path)
            try expect(file, section)
        }
        // One question for all; only where an object is missing, one for each.
        let isWhole = try await intake.contains(pieces)
        for (place, section, file) in candidates where kept[place] == nil {
            if isWhole {
                kept[place] = section
            } else if try await intake.contains(earlier.entries[place].content) {
                kept[place] = section
            } else {
                wanted.append(file.path)
                try expect(file, section)
            }
        }
        return wanted
    }

    private func expect(_ file: ListedFile, _ section: Int) throws(OperationError) {
        try quota.take(FileEntry(path: file.path, kind: .file), beside: [])
        expected[BytesKey(file.path)] = Expectation(section: section, changed: file.changed)
    }

    func keepConfiguration() {
        keepsConfiguration = true
        for index in earlier.entries.indices where earlier.entries[index].section < plan.ownPathsSection {
            kept[index] = earlier.entries[index].section
        }
    }

    /// What was stored; call it when the run has ended.
    ///
    /// A content that was cut off is left out and named in `lost`.
    /// - Throws: `invalid` when something that was to be taken over is gone meanwhile; what storing throws.
    func finish() async throws(VaultError) -> Outcome {
        if let open {
            if let stream = open.stream { await intake.abandon(stream) }
            unclaimed.append("\(DeviceText.path(open.entry.path)) was cut off")
            self.open = nil
        }
        try await storeWaiting()
        try await checkConfiguration()
        // Entries are large: their numbers are sorted, not they themselves.
        let order = entries.indices.sorted { left, right in
            let (first, second) = (entries[left].path, entries[right].path)
            guard first == second else { return ByteOrder.precedes(first, second) }
            // Of two that came under one name, that of a collector stays, else the first.
            let isFirst = entries[left].section < plan.ownPathsSection
            return isFirst == (entries[right].section < plan.ownPathsSection) ? left < right : isFirst
        }
        var unique: [FileEntry] = []
        unique.reserveCapacity(entries.count)
        for index in order where unique.isEmpty || entries[index].path != unique[unique.count - 1].path {
            unique.append(entries[index])
        }
        entries = []
        let missing = expected.map { ($0.key.bytes, $0.value.section) }
        if !kept.isEmpty { unique = earlier.merging(kept: kept, with: unique) }
        return Outcome(entries: unique, lost: unclaimed, missing: Dictionary(uniqueKeysWithValues: missing))
    }

    /// Makes sure that the configuration that was not sent can be taken over.
    private func checkConfiguration() async throws(VaultError) {
        guard keepsConfiguration else { return }
        let contents = earlier.entries.contents(ofSectionsBelow: plan.ownPathsSection)
        guard try await intake.contains(contents) else { throw Self.gone }
    }

    /// What was to be taken over is no longer there.
    static let gone = VaultError(
        .invalid, "Something that was to be taken over from the earlier backup is gone or damaged",
        hint: "Run it again: it is then read from the device.")

    private static func isUnchanged(_ entry: FileEntry, _ file: ListedFile) -> Bool {
        let kind: FileEntry.Kind? =
            switch file.kind {
            case UInt8(ascii: "f"): .file
            case UInt8(ascii: "d"): .folder
            case UInt8(ascii: "l"): .symbolicLink
            default: nil
            }
        // Hard links go through tar again, all names of a file together: it tells them only when it sends them all.
        return entry.kind == kind && entry.modified == file.modified && entry.changed == file.changed
            && file.changed != 0
            && entry.mode == UInt32(file.mode) && entry.userID == file.userID && entry.groupID == file.groupID
            && (kind != .file || entry.size == file.size)
    }

    private func begin(_ member: TarEntry, _ role: CollectionPlan.Role) throws(OperationError) {
        open = nil
        passed = nil
        guard let path = Self.absolute(member.path) else {
            leaveOut(member.path, "has no usable name")
            return try quota.stray(Self.headerLength)
        }
        if let isWanted = quota.terms.isWanted, !isWanted(path) { return passed = path }
        guard let (section, changed) = place(of: path, role) else {
            if !has(path) { leaveOut(path, "came although it was not asked for") }
            return try quota.stray(Self.headerLength)
        }
        var entry = FileEntry(member, path: path, section: section)
        if let changed { entry.changed = changed }
        // tar calls a file that two patterns cover a hard link to itself the second time.
        guard entry.kind != .hardLink || entry.linkTarget != path else {
            return try quota.stray(Self.headerLength)
        }
        // What was expected was counted when it was listed.
        if role != .selected { try quota.take(entry, beside: entries) }
        open = Open(entry: entry)
    }

    private func leaveOut(_ path: [UInt8], _ reason: String) {
        guard unclaimed.count < FileQuota.sentenceLimit else { return }
        unclaimed.append("\(DeviceText.path(path)) \(reason)")
    }

    /// Whether a file came before, as one does that tar was told twice.
    private func has(_ path: [UInt8]) -> Bool {
        guard unclaimed.count < FileQuota.sentenceLimit else { return true }
        return entries.contains { $0.path == path } || waiting.contains { $0.entry.path == path }
    }

    /// The section of a member, and when it last changed where the listing tells; nil for what nobody asked for.
    private func place(of path: [UInt8], _ role: CollectionPlan.Role) -> (section: Int, changed: Int64?)? {
        switch role {
        case .discovered(let collector): return (collector, nil)
        case .files: return finder.section(of: path).map { ($0, nil) }
        case .data(let source): return (plan.section(ofSource: source), nil)
        case .selected: return expected.removeValue(forKey: BytesKey(path)).map { ($0.section, $0.changed) }
        case .listing, .ownPaths, .probe: return (plan.ownPathsSection, nil)
        }
    }

    /// `./etc/hosts` as `/etc/hosts`; nil for a path that would leave its place.
    static func absolute(_ path: [UInt8]) -> [UInt8]? {
        let whole = path.last == UInt8(ascii: "/") ? path.dropLast() : path[...]
        if whole.starts(with: "./".utf8), isPlain(whole.dropFirst(2)) { return Array(whole.dropFirst()) }
        let parts = path.split(separator: UInt8(ascii: "/")).filter { $0 != [UInt8(ascii: ".")] }
        guard !parts.contains([UInt8(ascii: "."), UInt8(ascii: ".")]), !path.contains(0) else { return nil }
        return parts.isEmpty ? [UInt8(ascii: "/")] : parts.flatMap { [UInt8(ascii: "/")] + $0 }
    }

    /// Whether a path is made of names alone, none of them empty, `.` or `..`.
    private static func isPlain(_ path: ArraySlice<UInt8>) -> Bool {
        var (length, dots) = (0, 0)
        for byte in path {
            if byte == UInt8(ascii: "/") {
                guard length > 2 || length > dots else { return false }
                (length, dots) = (0, 0)
                continue
            }
            guard byte != 0 else { return false }
            length += 1
            if byte == UInt8(ascii: ".") { dots += 1 }
        }
        return length > 2 || length > dots
    }

    private func append(_ bytes: [UInt8]) async throws {
        onBytes(Int64(bytes.count))
        guard var current = open else {
            guard let passed else { return try quota.stray(Int64(bytes.count)) }
            return try quota.take(bytes.count, of: passed)
        }
        open = nil
        try quota.take(bytes.count, of: current.entry.path)
        current.received += Int64(bytes.count)
        if let stream = current.stream {
            try await intake.append(bytes, to: stream)
        } else if current.buffered.count + bytes.count <= Self.smallLimit {
            if current.buffered.isEmpty { current.buffered = bytes } else { current.buffered += bytes }
        } else {
            let stream = try await intake.beginContent(as: .content)
            try await intake.append(current.buffered + bytes, to: stream)
            current.buffered = []
            current.stream = stream
        }
        open = current
    }

    private func end() async throws {
        guard var current = open else { return }
        open = nil
        if let stream = current.stream {
            current.entry.content = try await intake.finish(stream)
            entries.append(current.entry)
        } else if current.buffered.isEmpty {
            entries.append(current.entry)
        } else {
            waitingBytes += current.buffered.count
            waiting.append((current.entry, current.buffered))
        }
    }

    private func storeWaiting() async throws(VaultError) {
        let batch = waiting
        waiting = []
        waitingBytes = 0
        guard !batch.isEmpty else { return }
        let contents = try await intake.store(contents: batch.map(\.content), as: .content)
        for (member, content) in zip(batch, contents) {
            var entry = member.entry
            entry.content = content
            entries.append(entry)
        }
    }
}

extension FileEntry {
    /// A tar member as an entry of a backup, still without content.
    init(_ member: TarEntry, path: [UInt8], section: Int) {
        self.init(
            path: path, kind: .file, mode: UInt32(member.mode), userID: member.userID,
            groupID: member.groupID,
            user: member.userName, group: member.groupName, size: member.kind == .file ? member.size : 0,
            modified: member.modified, changed: member.changed ?? 0,
            attributes: member.attributes.map { attribute in
                let isNamedWhole = attribute.name.hasPrefix("SCHILY.") || attribute.name.hasPrefix("RHT.")
                return Attribute(
                    name: Array((isNamedWhole ? attribute.name : "SCHILY.xattr." + attribute.name).utf8),
                    value: attribute.value)
            },
            extents: member.dataRuns?.filter { $0.length > 0 }.map {
                Extent(offset: $0.offset, length: $0.length)
            },
            section: section)
        switch member.kind {
        case .file: kind = .file
        case .folder: kind = .folder
        case .fifo: kind = .pipe
        case .symbolicLink(let target):
            kind = .symbolicLink
            linkTarget = target
        case .hardLink(let target):
            kind = .hardLink
            linkTarget = BackupAssembler.absolute(target) ?? target
        case .characterDevice(let major, let minor):
            kind = .characterDevice
            device = DeviceNumber(major: UInt32(clamping: major), minor: UInt32(clamping: minor))
        case .blockDevice(let major, let minor):
            kind = .blockDevice
            device = DeviceNumber(major: UInt32(clamping: major), minor: UInt32(clamping: minor))
        }
    }
}
