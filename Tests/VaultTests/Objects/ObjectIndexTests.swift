import Testing

@testable import Vault

@Suite struct ObjectIndexTests {
    private func catalogue(_ numbers: Range<UInt64>, perBlock: Int = 10) -> PackCatalogue {
        let all = Array(numbers)
        return PackCatalogue(
            blocks: stride(from: 0, to: all.count, by: perBlock).map { start in
                let part = all[start..<min(start + perBlock, all.count)]
                return .init(
                    kind: .content, sealedLength: 50, plainLength: part.count * 3,
                    objects: part.map { .init(id: PackCatalogueTests.id($0), length: 3) })
            })
    }

    @Test func `every object is found where it lies`() throws {
        var index = ObjectIndex()
        let packs = (0..<4).map { _ in PackID.random() }
        for (number, pack) in packs.enumerated() {
            index.add(pack, catalogue(UInt64(number) * 1000..<UInt64(number) * 1000 + 1000))
        }
        #expect(index.count == 4000)
        #expect(index.packs.count == 4 && index.blocks.count == 400)
        for number: UInt64 in 0..<4000 {
            let place = try #require(index.place(of: PackCatalogueTests.id(number)))
            let block = index.blocks[place.block]
            #expect(index.packs[Int(block.pack)].id == packs[Int(number / 1000)])
            #expect(Int(block.number) == Int(number % 1000) / 10)
            #expect(block.offset == 24 + Int64(number % 1000 / 10) * 50)
            #expect(place.offset == Int(number % 10) * 3 && place.length == 3)
        }
        #expect(index.place(of: PackCatalogueTests.id(4000)) == nil)
        let slot = try #require(index.slot(of: PackCatalogueTests.id(7)))
        #expect(index.object(inSlot: slot) == PackCatalogueTests.id(7))
        #expect((0..<index.slotCount).count { index.object(inSlot: $0) != nil } == 4000)
    }

    @Test func `the first copy of an object is the one that is read`() {
        var index = ObjectIndex()
        let first = PackID.random()
        index.add(first, catalogue(0..<10))
        index.add(.random(), catalogue(5..<15))
        index.add(first, catalogue(100..<110))
        #expect(index.count == 15 && index.packs.count == 2)
        #expect(index.place(of: PackCatalogueTests.id(7))?.block == 0)
        #expect(!index.contains(PackCatalogueTests.id(100)))
    }

    @Test func `a sound copy takes the place of a broken one`() {
        let (first, second) = (PackID.random(), PackID.random())
        var broken = BrokenBlocks()
        broken.insert(first, 0)
        var index = ObjectIndex(broken: broken)
        index.add(first, catalogue(0..<20))
        let (inside, outside) = (PackCatalogueTests.id(3), PackCatalogueTests.id(13))
        #expect(!index.contains(inside) && index.knows(inside) && index.contains(outside))
        index.add(second, catalogue(0..<20))
        #expect(index.contains(inside) && index.count == 20)
        #expect(index.place(of: inside)?.block == 2 && index.place(of: outside)?.block == 1)
        index.markBroken(second, .all)
        #expect(!index.contains(inside) && index.contains(outside))
    }
}
