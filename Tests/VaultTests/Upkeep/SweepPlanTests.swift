import Testing

@testable import Vault

@Suite struct SweepPlanTests {
    private func pack(size: Int64 = 32 << 20, total: Int64 = 100, live: Int64, objects: Int? = nil)
        -> SweepPlan.Pack
    {
        SweepPlan.Pack(
            id: .random(), size: size, total: total, live: live, liveObjects: objects ?? (live > 0 ? 1 : 0))
    }

    @Test func `packs go, stay or are written anew by their share of dead bytes`() {
        let packs = [pack(live: 0), pack(live: 100), pack(live: 75), pack(live: 74), pack(live: 1)]
        let plan = SweepPlan(packs)
        #expect(plan.dead == [packs[0].id])
        #expect(plan.repacked == [packs[3].id, packs[4].id])
        #expect(SweepPlan([]).isEmpty && SweepPlan([packs[1]]).isEmpty)
    }

    @Test func `an empty object that is needed keeps its pack`() {
        let plan = SweepPlan([pack(total: 0, live: 0, objects: 1)])
        #expect(plan.isEmpty)
    }

    @Test func `small packs are joined once there are enough`() {
        let small = (0..<SweepPlan.smallCount).map { _ in pack(size: 1000, live: 100) }
        #expect(SweepPlan(Array(small.dropLast())).isEmpty)
        #expect(SweepPlan(small).repacked == small.map(\.id))
    }

    @Test func `broken blocks go when nothing in them is needed, and stay when something is`() {
        var spare = pack(live: 90)
        spare.hasSpareBroken = true
        var lost = pack(size: 1000, live: 10, objects: 5)
        lost.lostObjects = 1
        lost.hasSpareBroken = true
        let small = (1..<SweepPlan.smallCount).map { _ in pack(size: 1000, live: 100) }
        #expect(SweepPlan([spare, lost] + small).repacked == [spare.id])
        #expect(SweepPlan([lost]).isEmpty)
    }
}
