/// What reading many blocks brought to light.
struct BlockSurvey {
    /// Blocks that could not be read, or hold objects that are not what was stored.
    private(set) var failed: [BlockChecker.Output] = []
    /// Blocks that were noted as broken and can be read after all.
    private var recovered: [(pack: PackID, number: UInt32, count: Int)] = []

    /// Takes a block's result in and moves the progress on.
    mutating func take(_ output: BlockChecker.Output, _ progress: inout VerifyProgress) {
        progress.objects += output.input.objects.count
        progress.bytes += output.input.objects.reduce(0) { $0 + Int64($1.length) }
        let block = output.input.block
        if output.failure != nil || !output.wrong.isEmpty {
            failed.append(output)
        } else if block.isBroken {
            recovered.append((output.input.pack, block.number, output.input.blocksInPack))
        }
    }

    /// Writes down which blocks are broken, and takes back what turned out to be readable.
    /// - Returns: why the broken ones could not be written down.
    /// - Throws: `full`, `unavailable`.
    func note(in damage: DamageNotes) throws(VaultError) -> VaultError? {
        var broken = BrokenBlocks()
        // A pack that is not there any more was removed by a prune, or is lost as a whole.
        for output in failed where output.failure?.code != .notFound {
            broken.insert(output.input.pack, output.input.block.number)
        }
        if !recovered.isEmpty { try damage.clear(recovered) }
        return damage.note(broken)
    }
}
