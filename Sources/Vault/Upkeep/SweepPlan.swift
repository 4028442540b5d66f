/// Which packs a prune removes and which it writes anew: a pure decision.
struct SweepPlan: Equatable {
    /// What is known of a pack.
    struct Pack {
        let id: PackID
        /// Length of the file.
        let size: Int64
        /// Plain bytes of all its objects, and of those that are needed and are read from here.
        var total: Int64 = 0
        var live: Int64 = 0
        var liveObjects = 0
        /// Needed objects that lie in broken blocks of this pack and nowhere else.
        var lostObjects = 0
        /// Whether there is a broken block in which nothing is needed (any more).
        var hasSpareBroken = false

        /// Whether it can be written anew: everything in it that is needed can be read.
        var isReadable: Bool { lostObjects == 0 }
    }

    /// Share of dead bytes above which a pack is written anew, in percent.
    static let deadLimit: Int64 = 25
    /// Packs smaller than this are joined once there are `smallCount` of them.
    static let smallSize: Int64 = 8 << 20
    static let smallCount = 8

    var dead: [PackID] = []
    var repacked: [PackID] = []

    init(_ packs: [Pack]) {
        let small = packs.filter {
            $0.size < Self.smallSize && $0.liveObjects > 0 && $0.isReadable
        }
        let joined = Set(small.count >= Self.smallCount ? small.map(\.id) : [])
        for pack in packs {
            if pack.liveObjects == 0 {
                dead.append(pack.id)
            } else if !pack.isReadable {
                // It stays for whoever repairs it.
                continue
            } else if pack.hasSpareBroken || joined.contains(pack.id)
                || (pack.total - pack.live) * 100 > pack.total * Self.deadLimit
            {
                repacked.append(pack.id)
            }
        }
    }

    var isEmpty: Bool { dead.isEmpty && repacked.isEmpty }
}
