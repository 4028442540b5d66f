import Basics
import Glibc
import Synchronization

/// Prints what was measured, one JSON object a line, and compares with the committed limits.
final class Report: Sendable {
    /// How far a figure may go.
    struct Limit: Sendable {
        var atMost: Double?
        var atLeast: Double?
        /// What the figure should become where it is not there yet; the limit then only keeps it from getting worse.
        var goal: Double?

        /// Whether `value` is within it.
        func holds(_ value: Double) -> Bool {
            atMost.map { value <= $0 } ?? true && atLeast.map { value >= $0 } ?? true
        }
    }

    private let limits: [String: [String: Limit]]
    private let beyond = Mutex<[String]>([])

    /// - Parameter thresholds: a JSON file, by benchmark and figure: `{"at_most": 1.0}` or `{"at_least": 20}`,
    ///   either with a `goal`.
    init(thresholds: String?) throws {
        guard let thresholds else {
            limits = [:]
            return
        }
        let tree = try JSONParser.parse(ScratchFile.read(thresholds))
        limits = (tree.object ?? [:]).mapValues { figures in
            (figures.object ?? [:]).mapValues { limit in
                Limit(
                    atMost: limit["at_most"]?.double, atLeast: limit["at_least"]?.double,
                    goal: limit["goal"]?.double)
            }
        }
    }

    /// Figures beyond their limits so far.
    var misses: [String] { beyond.withLock { $0 } }

    /// Notes that a figure printed elsewhere is beyond its limit.
    func missed(_ what: String) { beyond.withLock { $0.append(what) } }

    /// Prints what the rounds of one contender cost.
    func costs(_ benchmark: String, _ step: String, _ who: String, _ costs: [Cost]) {
        line([
            "benchmark": .string(benchmark), "step": .string(step), "who": .string(who),
            "rounds": .int(Int64(costs.count)), "wall_s": number(costs.median(of: \.wall)),
            "best_wall_s": number(costs.map(\.wall).min() ?? 0), "cpu_s": number(costs.median(of: \.cpu)),
            "peak_mb": number(Double(costs.map(\.memory).max() ?? 0) / 1_000_000),
        ])
    }

    /// Prints one figure, with its limit where it has one.
    func figure(_ benchmark: String, _ name: String, _ value: Double) {
        var members: [String: JSONValue] = [
            "benchmark": .string(benchmark), "figure": .string(name), "value": number(value),
        ]
        if let limit = limits[benchmark]?[name] {
            let holds = limit.holds(value)
            if let most = limit.atMost { members["at_most"] = .double(most) }
            if let least = limit.atLeast { members["at_least"] = .double(least) }
            if let goal = limit.goal { members["goal"] = .double(goal) }
            members["holds"] = .bool(holds)
            if !holds { missed("\(benchmark): \(name) is \(value)") }
        }
        line(members)
    }

    /// Prints that something was left out, and why.
    func skipped(_ benchmark: String, _ what: String, _ reason: String) {
        line(["benchmark": .string(benchmark), "skipped": .string(what), "reason": .string(reason)])
    }

    /// Prints facts about what is measured.
    func facts(_ benchmark: String, _ facts: [String: JSONValue]) {
        line(facts.merging(["benchmark": .string(benchmark)]) { _, name in name })
    }

    private func line(_ members: [String: JSONValue]) {
        // Whoever no longer reads the figures does not want them.
        _ = try? StandardStream.output.write(Array((JSONWriter.text(.object(members)) + "\n").utf8))
    }

    private func number(_ value: Double) -> JSONValue { .double((value * 10_000).rounded() / 10_000) }
}

extension Array {
    /// The median of a property; 0 of nothing.
    func median(of property: (Element) -> Double) -> Double {
        let values = map(property).sorted()
        guard !values.isEmpty else { return 0 }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }
}
