import Basics
import Synchronization

/// The notes in `damage/`: which blocks were found broken, by whatever read them.
///
/// One small sealed file for each pack concerned. They are written without the writer's lock; of two processes that
/// note blocks of one pack at the same moment one may win, and the next read that fails notes the rest again.
final class DamageNotes: Sendable {
    private struct State {
        /// As of the last look at the folder, and all that was found since.
        var known = BrokenBlocks()
        /// What could not be written down.
        var unsaved = BrokenBlocks()
        /// Changes whenever `known` does.
        var version = 0

        mutating func set(_ blocks: BrokenBlocks) {
            guard blocks != known else { return }
            known = blocks
            version += 1
        }
    }

    private let files: any VaultFiles
    private let sealed: SealedFile
    private let state = Mutex(State())

    init(files: any VaultFiles, keys: VaultKeys) {
        self.files = files
        sealed = SealedFile(magic: "HFBROKE1", sealer: keys.marks)
    }

    /// What is known without a look at the disk, and a number that changes with it.
    var known: (blocks: BrokenBlocks, version: Int) { state.withLock { ($0.known, $0.version) } }

    /// A number that changes whenever something becomes known.
    var version: Int { state.withLock { $0.version } }

    /// Reads all notes.
    /// - Returns: the blocks, and the notes that are damaged, whose packs are suspected whole.
    /// - Throws: `unavailable`.
    func load() throws(VaultError) -> (blocks: BrokenBlocks, damaged: [VaultError]) {
        var blocks = BrokenBlocks()
        var damaged: [VaultError] = []
        for item in try files.items(in: VaultPath.damage) {
            guard let pack = Self.pack(item.name) else { continue }
            do {
                blocks.insert(pack, try read(pack))
            } catch  where error.code == .damaged {
                damaged.append(error)
                blocks.insert(pack, .all)
            } catch  where error.code == .notFound {
                continue
            }
        }
        state.withLock { state in
            blocks.formUnion(state.unsaved)
            state.set(blocks)
        }
        return (blocks, damaged)
    }

    /// Notes broken blocks; from now on they count as missing in this process, written down or not.
    /// - Returns: why they could not be written down.
    @discardableResult
    func note(_ blocks: BrokenBlocks) -> VaultError? {
        var failure: VaultError?
        for (pack, part) in blocks.parts {
            var whole = BrokenBlocks()
            whole.insert(pack, part)
            do throws(VaultError) {
                if let old = try stored(pack) { whole.insert(pack, old) }
                try write(whole, pack)
                state.withLock { $0.unsaved.remove(pack) }
            } catch {
                failure = error
                state.withLock { $0.unsaved.formUnion(whole) }
            }
            state.withLock { state in
                var known = state.known
                known.formUnion(whole)
                state.set(known)
            }
        }
        return failure
    }

    /// Takes back what was noted of blocks that can be read after all.
    /// - Throws: `full`, `unavailable`.
    func clear(_ blocks: [(pack: PackID, number: UInt32, count: Int)]) throws(VaultError) {
        for group in Dictionary(grouping: blocks, by: \.pack) {
            var rest = state.withLock { $0.known }
            for block in group.value { rest.remove(block.pack, block.number, of: block.count) }
            try write(rest, group.key)
            state.withLock { state in
                state.unsaved.remove(group.key)
                state.set(rest)
            }
        }
    }

    /// Removes the notes about packs that are gone; for the holder of the writer's lock.
    /// - Throws: `unavailable`.
    func keep(only packs: Set<PackID>) throws(VaultError) {
        for item in try files.items(in: VaultPath.damage) {
            guard let pack = Self.pack(item.name), !packs.contains(pack) else { continue }
            try files.remove(VaultPath.damage(pack))
        }
        state.withLock { state in
            var known = state.known
            for pack in known.parts.keys where !packs.contains(pack) {
                known.remove(pack)
                state.unsaved.remove(pack)
            }
            state.set(known)
        }
    }

    /// The pack a note is about; nil for the name of something else.
    static func pack(_ name: String) -> PackID? {
        guard name.hasSuffix(VaultPath.damageSuffix) else { return nil }
        return PackID(hex: name.dropLast(VaultPath.damageSuffix.count))
    }

    private func read(_ pack: PackID) throws(VaultError) -> BrokenBlocks.Part {
        let path = VaultPath.damage(pack)
        let plain = try sealed.decode(try files.read(path), name: Self.name(pack), path: path)
        do { return try BrokenBlocks.Part(JSONFields(try JSONParser.parse(plain))) } catch {
            throw .damaged(path, "\(error)")
        }
    }

    /// What the pack's note says; nil when there is none that can be read.
    private func stored(_ pack: PackID) throws(VaultError) -> BrokenBlocks.Part? {
        do { return try read(pack) } catch  where error.code == .notFound || error.code == .damaged {
            return nil
        }
    }

    /// Makes the note of a pack say what `blocks` says of it.
    private func write(_ blocks: BrokenBlocks, _ pack: PackID) throws(VaultError) {
        let path = VaultPath.damage(pack)
        guard let part = blocks.parts[pack] else {
            try files.remove(path)
            return try files.sync(folder: VaultPath.damage)
        }
        if try files.createFolder(VaultPath.damage) { try files.sync(folder: "") }
        try files.writeWhole(sealed.encode(JSONWriter.bytes(part.json), name: Self.name(pack)), to: path)
    }

    private static func name(_ pack: PackID) -> String { pack.hex + VaultPath.damageSuffix }
}
