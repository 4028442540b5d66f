import Basics
import Codecs

/// What a repair of a vault's own parts did.
package struct VaultRepair: Sendable, Equatable {
    package var config: ConfigRepair
    /// Whether damaged segments of the index were replaced.
    package var isIndexNew = false
    /// Packs that are gone and that no backup needs: they were taken out of the index.
    package var forgotten: [String] = []
    /// Packs whose header, trailer or footer was written anew.
    package var framed: [String] = []
    /// Packs that nobody can read, and that no backup needs: they were removed.
    package var removed: [String] = []
    /// Packs that nobody can read, and that may hold what some backup lacks: they stay.
    package var unreadable: [String] = []
}

extension Vault {
    /// Writes anew what the vault says of itself where it is damaged: `config`, the index, and the frames of packs.
    ///
    /// What backups hold is not touched: blocks are copied as they lie. Each file is the old or the new one at every moment.
    /// - Throws: `locked`, `full`, `unavailable`, and what opening a vault throws.
    package func repair() async throws -> VaultRepair {
        let lock = try WriterLock.take(files, what: "vault repair", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        var repair = VaultRepair(config: try mendConfig())
        let loader = IndexLoader(store: store)
        let (index, findings) = try loader.complete()
        if !findings.damagedSegments.isEmpty {
            _ = try loader.rewrite(
                findings.listed + findings.unlisted, replacing: try store.segmentNames().names)
            repair.isIndexNew = true
        }
        let sizes = Dictionary(try store.packs().packs.map { ($0.id, $0.size) }) { first, _ in first }
        for entry in findings.listed {
            try Task.checkCancellation()
            guard let size = sizes[entry.pack] else { continue }
            let pack = PackStore.Found(id: entry.pack, size: size)
            guard let damage = try store.frameDamage(pack, listed: entry.catalogue),
                store.canFrame(pack, listed: entry.catalogue, damage)
            else { continue }
            try store.frame(pack, entry.catalogue)
            repair.framed.append(VaultPath.pack(entry.pack))
            await Task.yield()
        }
        let unreadable = findings.damagedPacks.map(\.path)
        guard !unreadable.isEmpty || !findings.missing.isEmpty else { return repair }
        var report = CheckReport()
        try await checkBackups(index, &report)
        guard report.isClean else {
            repair.unreadable = unreadable
            return repair
        }
        if !findings.missing.isEmpty {
            if !repair.isIndexNew {
                _ = try loader.rewrite(
                    findings.listed + findings.unlisted, replacing: try store.segmentNames().names)
            }
            repair.forgotten = findings.missing.map(VaultPath.pack)
            try reader.reload()
        }
        for path in unreadable {
            try files.remove(path)
            try files.sync(folder: AtomicFile.folder(of: path))
        }
        repair.removed = unreadable
        return repair
    }
}

extension PackStore {
    /// A piece of a pack that is copied at once, in bytes.
    private static let portion = 4 << 20

    /// What is wrong with what a pack says of itself; nil when it says the same as the index.
    /// - Throws: `unavailable`.
    func frameDamage(_ pack: Found, listed: PackCatalogue) throws(VaultError) -> VaultError? {
        do throws(VaultError) {
            guard try catalogue(pack) != listed else { return nil }
            return VaultError(
                .invalid, "\(VaultPath.pack(pack.id)) is damaged: its trailer and the index disagree",
                path: VaultPath.pack(pack.id))
        } catch {
            guard error.isLoss || error.code == .tooNew || error.code == .wrongKey else { throw error }
            return error
        }
    }

    /// Whether a pack's frame can be written anew: the index knows it, and all its blocks are there.
    func canFrame(_ pack: Found, listed: PackCatalogue, _ damage: VaultError) -> Bool {
        damage.code == .damaged && pack.size >= listed.bodyLength
    }

    /// Writes a pack anew with the same blocks, a header, a trailer and a footer.
    /// - Throws: `full`, `unavailable`.
    func frame(_ pack: Found, _ catalogue: PackCatalogue) throws(VaultError) {
        let path = VaultPath.pack(pack.id)
        let temporary = "\(path).\(Hex.string(SecureRandom.bytes(4)))\(VaultPath.temporarySuffix)"
        do throws(VaultError) {
            let file = try files.create(temporary)
            try file.append(PackFormat.header(pack.id))
            var offset = Int64(PackFormat.headerLength)
            while offset < catalogue.bodyLength {
                let count = Int(min(Int64(Self.portion), catalogue.bodyLength - offset))
                let bytes = try files.read(path, at: offset, count: count)
                guard bytes.count == count else { throw .damaged(path, "it ends within its blocks") }
                try file.append(bytes)
                offset += Int64(count)
            }
            try file.append(ending(pack.id, catalogue))
            try file.sync()
            try files.rename(temporary, to: path)
        } catch {
            // The first failure is the one to tell; `check` reports a left file and `prune` removes it.
            try? files.remove(temporary)
            throw error
        }
        try files.sync(folder: VaultPath.packFolder(pack.id))
    }

    /// What follows a pack's blocks.
    func ending(_ pack: PackID, _ catalogue: PackCatalogue) -> [UInt8] {
        let trailer = keys.blocks.seal(catalogue.encoded, context: PackFormat.trailerContext(pack))
        return trailer + PackFormat.footer(trailerLength: trailer.count)
    }
}
