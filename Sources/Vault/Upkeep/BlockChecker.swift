import Codecs

/// Reads blocks and compares the objects in them with their names, on two threads.
struct BlockChecker {
    /// A block and the objects in it that matter.
    struct Input: Sendable {
        let pack: PackID
        let block: ObjectIndex.Block
        let objects: [Object]
        /// How many blocks its pack has.
        let blocksInPack: Int
    }

    /// An object inside a block.
    struct Object: Sendable {
        let id: ObjectID
        let offset: Int
        let length: Int
    }

    /// What became of a block.
    struct Output: Sendable {
        let input: Input
        /// The file could not be read, or the block not opened.
        let failure: VaultError?
        /// Objects that are not what was stored.
        let wrong: [ObjectID]

        /// What to say of it when `lost` lie nowhere else.
        func problems(about lost: [ObjectID]) -> [VaultProblem] {
            guard !lost.isEmpty else { return [] }
            let offset = input.block.offset
            if let failure { return [VaultProblem(failure.message, path: failure.path, offset: offset)] }
            let path = VaultPath.pack(input.pack)
            return lost.map { id in
                VaultProblem(
                    "Object \(id) in the block of \(path) at offset \(offset) is not what was stored",
                    path: path, offset: offset)
            }
        }
    }

    private var pipeline: BlockPipeline<Input, Output>

    init(store: PackStore) throws(VaultError) {
        pipeline = try BlockPipeline(sealer: store.keys.blocks) { input, codec in
            Self.check(input, codec, store)
        }
    }

    /// - Returns: the result of an earlier block, when there is one.
    mutating func submit(_ input: Input) -> Output? { pipeline.submit(input) }

    /// The next result; nil when all are taken.
    mutating func next() -> Output? { pipeline.next() }

    /// All blocks of a pack with all their objects.
    /// - Parameter broken: blocks that were found broken before.
    static func inputs(_ entry: IndexSegment.Entry, broken: BrokenBlocks = BrokenBlocks()) -> [Input] {
        var index = ObjectIndex(broken: broken)
        index.add(entry.pack, entry.catalogue)
        return zip(index.blocks, entry.catalogue.blocks).map { block, listed in
            var offset = 0
            let objects = listed.objects.map { object in
                defer { offset += object.length }
                return Object(id: object.id, offset: offset, length: object.length)
            }
            return Input(pack: entry.pack, block: block, objects: objects, blocksInPack: index.blocks.count)
        }
    }

    private static func check(_ input: Input, _ codec: BlockCodec, _ store: PackStore) -> Output {
        let path = VaultPath.pack(input.pack)
        let plain: [UInt8]
        do throws(VaultError) {
            let sealed = try store.files.read(
                path, at: input.block.offset, count: Int(input.block.sealedLength))
            do {
                plain = try codec.decode(
                    sealed, pack: input.pack, number: Int(input.block.number), kind: input.block.kind,
                    plainLength: Int(input.block.plainLength))
            } catch {
                throw .damaged(path, "the block at offset \(input.block.offset): \(error)")
            }
        } catch {
            return Output(input: input, failure: error, wrong: input.objects.map(\.id))
        }
        let wrong = input.objects.filter { object in
            let range = object.offset..<object.offset + object.length
            return range.upperBound > plain.count
                || store.keys.objects.digest(plain, range) != object.id.digest
        }
        return Output(input: input, failure: nil, wrong: wrong.map(\.id))
    }
}
