/// Loads the index into memory, from its segments and, where these do not suffice, from the packs themselves.
struct IndexLoader: Sendable {
    let store: PackStore

    /// What was found while loading.
    struct Findings: Sendable {
        /// Segments that were read.
        var segments: [String] = []
        /// Segments that could not be read, with the reason.
        var damagedSegments: [VaultError] = []
        /// Packs on the disk that no segment lists; they were read from their trailers.
        var unlisted: [IndexSegment.Entry] = []
        /// Packs on the disk that no segment lists and whose trailer is damaged.
        var damagedPacks: [VaultError] = []
        /// Packs that a segment lists and that are not on the disk.
        var missing: [PackID] = []
        /// Packs that a segment lists and that are on the disk.
        var listed: [IndexSegment.Entry] = []
        /// Blocks that were found broken.
        var broken = BrokenBlocks()
        /// Notes about broken blocks that could not be read.
        var damagedNotes: [VaultError] = []
    }

    /// The index as its segments tell it, without a look at the packs; nil when a segment is damaged.
    func fromSegments() throws(VaultError) -> ObjectIndex? {
        var index = ObjectIndex(broken: try store.damage.load().blocks)
        for name in try store.segmentNames().names {
            let segment: IndexSegment
            do {
                segment = try store.segment(name)
            } catch  where error.code == .notFound || error.code == .damaged {
                // A writer merged it meanwhile, or it is damaged: the packs know everything.
                return nil
            }
            for entry in segment.entries { index.add(entry.pack, entry.catalogue) }
        }
        return index
    }

    /// The index of all packs that are on the disk: listed ones from the segments, others from their trailers.
    func complete() throws(VaultError) -> (index: ObjectIndex, findings: Findings) {
        var findings = Findings()
        var listed: [IndexSegment.Entry] = []
        for name in try store.segmentNames().names {
            do {
                listed += try store.segment(name).entries
                findings.segments.append(name)
            } catch  where error.code == .damaged {
                findings.damagedSegments.append(error)
            } catch  where error.code == .notFound {
                continue
            }
        }
        let packs = try store.packs().packs
        let sizes = Dictionary(packs.map { ($0.id, $0.size) }) { first, _ in first }
        (findings.broken, findings.damagedNotes) = try store.damage.load()
        for entry in listed {
            // What would lie beyond the end of its file is not there, whatever the segment says.
            guard let size = sizes[entry.pack], size < entry.catalogue.bodyLength else { continue }
            for number in entry.catalogue.blocks(beyond: size) { findings.broken.insert(entry.pack, number) }
        }
        var index = ObjectIndex(broken: findings.broken)
        for entry in listed {
            if sizes[entry.pack] == nil {
                if !findings.missing.contains(entry.pack) { findings.missing.append(entry.pack) }
            } else if !index.contains(pack: entry.pack) {
                index.add(entry.pack, entry.catalogue)
                findings.listed.append(entry)
            }
        }
        for pack in packs where !index.contains(pack: pack.id) {
            do {
                let catalogue = try store.catalogue(pack)
                index.add(pack.id, catalogue)
                findings.unlisted.append(IndexSegment.Entry(pack: pack.id, catalogue: catalogue))
            } catch  where error.code == .damaged {
                findings.damagedPacks.append(error)
            } catch  where error.code == .notFound {
                continue
            }
        }
        return (index, findings)
    }

    /// Writes the index anew as a few segments that list `entries`, then removes the segments called `old`.
    ///
    /// A crash in between leaves both, which say the same. For the holder of the writer's lock.
    /// - Returns: the names of the new segments.
    func rewrite(
        _ entries: [IndexSegment.Entry], replacing old: [String]
    ) throws(VaultError) -> [String] {
        var names: [String] = []
        for portion in IndexSegment.portions(entries) { names.append(try store.write(portion)) }
        for name in old { try store.files.remove(VaultPath.segment(name)) }
        if !old.isEmpty { try store.files.sync(folder: VaultPath.index) }
        return names
    }
}
