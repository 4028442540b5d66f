import Basics
import Collectors
import RemoteExecution
import Vault

/// What a device's newest backup saves the next one from reading again.
///
/// All that is taken over from it must be in the vault and not be known as broken; what is not is read anew.
struct EarlierBackup: Sendable {
    let manifest: Manifest
    /// Files of sections that are read now, too; nil when they cannot be read.
    let files: EarlierFiles?
    /// What the device need not send again where it is the same.
    let known: CollectionPlan.KnownOutcomes

    /// - Parameters:
    ///   - plan: what is read now.
    ///   - unrecorded: names of sections that are read now and are no part of a backup.
    ///   - outcomes: whether what the device says of unchanged outcomes is taken for granted.
    /// - Throws: what the vault says, but for `damaged` and `notFound`: a damaged or deleted backup saves no work.
    init(
        _ manifest: Manifest, for plan: CollectionPlan, without unrecorded: Set<String> = [], in vault: Vault,
        outcomes: Bool
    ) async throws(VaultError) {
        self.manifest = manifest
        let entries = try await Self.entries(manifest, plan, vault)
        let settled = manifest.listing.map { SettledTime(listing: $0.began, nanoseconds: $0.nanoseconds) }
        files = entries.map { EarlierFiles($0, settled: settled ?? .none) }
        var known = CollectionPlan.KnownOutcomes()
        if outcomes, manifest.summary.tool == DeviceBackup.tool {
            known.probes = try await Self.probes(manifest, plan, vault)
            known.listing = try await Self.listing(manifest, plan, unrecorded, entries, vault)
        }
        self.known = known
    }

    /// The sections of the backup by name; none of another version of the program, which may understand things
    /// differently.
    var sections: [String: SectionRecord] {
        guard manifest.summary.tool == DeviceBackup.tool else { return [:] }
        return Dictionary(manifest.sections.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Its files with the sections they have in `plan`, without those that have none there.
    private static func entries(
        _ manifest: Manifest, _ plan: CollectionPlan, _ vault: Vault
    ) async throws(VaultError) -> [FileEntry]? {
        var sections: [String: Int] = [:]
        for (index, collector) in plan.collectors.enumerated() { sections[collector.name] = index }
        if !plan.ownPaths.paths.isEmpty { sections[DeviceBackup.ownPathsSection] = plan.ownPathsSection }
        let places = manifest.sections.map { sections[$0.name] }
        do {
            var entries = try await vault.entries(of: manifest)
            if zip(places, 0...).allSatisfy({ $0 == $1 }) { return entries }
            entries.removeAll { !places.indices.contains($0.section) || places[$0.section] == nil }
            for index in entries.indices {
                if let place = places[entries[index].section] { entries[index].section = place }
            }
            return entries
        } catch {
            guard error.code == .damaged || error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The listing's digest, where the same collectors asked for it and everything is there that it stands for.
    private static func listing(
        _ manifest: Manifest, _ plan: CollectionPlan, _ unrecorded: Set<String>, _ entries: [FileEntry]?,
        _ vault: Vault
    ) async throws(VaultError) -> OutputDigest? {
        let names = plan.collectors.map { $0.name }.filter { !unrecorded.contains($0) }
        guard let digest = manifest.listing?.digest.flatMap(OutputDigest.init), let entries,
            manifest.sections.prefix(names.count).map(\.name) == names,
            !entries.hasLinks(acrossSection: plan.collectors.count)
        else { return nil }
        return try await vault.holds(entries.contents(ofSectionsBelow: plan.collectors.count)) ? digest : nil
    }

    private static func probes(
        _ manifest: Manifest, _ plan: CollectionPlan, _ vault: Vault
    ) async throws(VaultError) -> [Int: OutputDigest] {
        var candidates: [(step: Int, digest: OutputDigest, output: [ContentRef])] = []
        let sections = Dictionary(manifest.sections.map { ($0.name, $0) }) { first, _ in first }
        for (step, role) in plan.roles.enumerated() {
            guard case .probe(let collector, let probe) = role else { continue }
            let owner = plan.collectors[collector]
            // Which machine it is, it says every time.
            guard owner.name != IdentityCollector.name else { continue }
            let capture = sections[owner.name]?.captures.first { $0.probe == owner.probes[probe].name }
            guard let capture, let digest = capture.digest.flatMap(OutputDigest.init),
                owner.probes[probe].accepted.contains(0), capture.isWhole
            else { continue }
            candidates.append((step, digest, capture.output))
        }
        let held = try await vault.holds(each: candidates.map(\.output))
        return Dictionary(
            zip(candidates, held).filter(\.1).map { ($0.0.step, $0.0.digest) }
        ) { first, _ in first }
    }
}

extension [FileEntry] {
    /// Whether sections on both sides of a number have names of one file: tar tells that only when it sends both.
    func hasLinks(acrossSection limit: Int) -> Bool {
        let links = indices.filter { self[$0].kind == .hardLink }
        guard !links.isEmpty else { return false }
        let targets = Set(links.map { self[$0].linkTarget })
        let sides = Dictionary(
            indices.lazy.filter { targets.contains(self[$0].path) }.map {
                (self[$0].path, self[$0].section < limit)
            }
        ) { first, _ in first }
        return links.contains { sides[self[$0].linkTarget] != (self[$0].section < limit) }
    }

    /// The pieces of all contents that belong to sections of a lower number.
    func contents(ofSectionsBelow limit: Int) -> [ContentRef] {
        var pieces: [ContentRef] = []
        pieces.reserveCapacity(count)
        // Entries are large: they are looked at where they lie.
        for index in indices where self[index].section < limit { pieces += self[index].content }
        return pieces
    }
}

extension SectionRecord.Capture {
    /// Whether the probe ended well and without a word of complaint.
    var isWhole: Bool { outcome == ProbeOutcome.exited(0).text && errors.isEmpty }
}
