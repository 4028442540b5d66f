/// How a verification gets on.
package struct VerifyProgress: Sendable, Equatable {
    /// Objects read so far, and to be read.
    package var objects: Int
    package var totalObjects: Int
    /// Bytes of plain text read so far, and to be read.
    package var bytes: Int64
    package var totalBytes: Int64
}

/// What a verification found.
package struct VerifyReport: Sendable, Equatable {
    /// One backup's share of it.
    package struct Verdict: Sendable, Equatable {
        package var backup: BackupID
        /// Whether every object that was read is right, and every file as long as its entry says.
        package var isGood: Bool
        /// Objects of this backup that were read.
        package var objects: Int
        /// Their bytes of plain text.
        package var bytes: Int64
        /// Problems that concern it.
        package var problems: Int
    }

    /// In the order asked for.
    package var verdicts: [Verdict] = []
    package var problems: [VaultProblem] = []
    /// Objects read, each counted once.
    package var objects = 0
    /// Their bytes of plain text.
    package var bytes: Int64 = 0
    /// Backups whose evidence stays the older one, as that had read more or had found damage.
    package var outdone: [BackupID] = []
    /// Why the evidence could not be kept; nil when it was.
    package var unkept: VaultError?

    /// Whether nothing is wrong.
    package var isGood: Bool { problems.isEmpty }
}

/// Which objects some backups need.
struct WantedObjects {
    /// What one backup needs.
    struct Share {
        let backup: BackupID
        var objects = 0
        var bytes: Int64 = 0
        var problems: [VaultProblem] = []
        /// Whether its manifest or a part of its list of files cannot be read.
        var isHidden = false
        /// One that chance left out, for a backup of which it would leave out all.
        var spare: Int?
    }

    private(set) var slots: [Bool]
    private(set) var missing: Set<ObjectID> = []
    private(set) var objects = 0
    private(set) var bytes: Int64 = 0
    private let index: ObjectIndex
    /// Decides by chance whether an object belongs to the sample.
    private let percent: Int

    init(index: ObjectIndex, percent: Int) {
        self.index = index
        self.percent = percent
        slots = [Bool](repeating: false, count: index.slotCount)
    }

    /// Asks for an object.
    /// - Parameter length: what the backup says its length is.
    mutating func want(_ id: ObjectID, length: Int?, in share: inout Share) {
        guard let slot = index.slot(of: id), let place = index.place(inSlot: slot) else {
            missing.insert(id)
            return
        }
        if let length, length != place.length {
            share.problems.append(
                VaultProblem(
                    "Object \(id) has \(place.length) bytes, not \(length)", backups: [share.backup]))
        }
        if !slots[slot] {
            guard percent >= 100 || Int.random(in: 0..<100) < percent else {
                share.spare = slot
                return
            }
            take(slot, place)
        }
        share.objects += 1
        share.bytes += Int64(place.length)
    }

    /// Asks for one object at least: nobody has proved a backup of which nothing was read.
    mutating func wantSome(of share: inout Share) {
        guard share.objects == 0, let slot = share.spare, let place = index.place(inSlot: slot) else {
            return
        }
        if !slots[slot] { take(slot, place) }
        share.objects = 1
        share.bytes = Int64(place.length)
    }

    private mutating func take(_ slot: Int, _ place: ObjectIndex.Place) {
        slots[slot] = true
        objects += 1
        bytes += Int64(place.length)
    }

    /// Asks for everything there is: where a list of files cannot be read, nobody knows what it names.
    mutating func wantAll() {
        for slot in slots.indices where !slots[slot] {
            guard let place = index.place(inSlot: slot) else { continue }
            take(slot, place)
        }
    }

    /// The blocks that hold wanted objects, in the order of the packs.
    func inputs() -> [BlockChecker.Input] {
        var byBlock: [Int: [BlockChecker.Object]] = [:]
        for slot in slots.indices where slots[slot] {
            guard let id = index.object(inSlot: slot), let place = index.place(inSlot: slot) else { continue }
            byBlock[place.block, default: []].append(
                BlockChecker.Object(id: id, offset: place.offset, length: place.length))
        }
        return byBlock.sorted { $0.key < $1.key }.map { number, objects in
            let block = index.blocks[number]
            let pack = index.packs[Int(block.pack)]
            return BlockChecker.Input(
                pack: pack.id, block: block, objects: objects, blocksInPack: pack.blocks.count)
        }
    }
}
