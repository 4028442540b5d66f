/// Runs contenders one after another, round after round, so that each meets the same load of the machine.
struct Rotation {
    /// One of those that are compared.
    struct Contender {
        let name: String
        /// Does the work once and tells what it cost.
        let run: () async throws -> Cost
    }

    /// What each contender cost, by name, in the order of the rounds.
    private(set) var costs: [String: [Cost]] = [:]

    /// Every contender `rounds` times; each round begins with the next of them.
    static func of(_ contenders: [Contender], rounds: Int) async throws -> Rotation {
        var rotation = Rotation()
        for round in 0..<rounds {
            for offset in contenders.indices {
                let contender = contenders[(round + offset) % contenders.count]
                rotation.costs[contender.name, default: []].append(try await contender.run())
            }
        }
        return rotation
    }

    /// The median over the rounds of how much more of something `one` needed than `other` did in the same round.
    func ratio(_ one: String, to other: String, of property: (Cost) -> Double) -> Double? {
        guard let first = costs[one], let second = costs[other], !first.isEmpty, first.count == second.count
        else { return nil }
        return zip(first, second).map { property($0) / max(property($1), 1e-6) }.median { $0 }
    }

    /// The best wall time of a contender; infinite when it did not run.
    func best(_ name: String) -> Double { costs[name]?.map(\.wall).min() ?? .infinity }
}
