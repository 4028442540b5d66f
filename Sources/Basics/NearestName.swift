/// Finds the name that a mistyped one was likely meant to be.
package enum NearestName {
    /// The candidate with the fewest changed letters, unless it takes more than a third of them; the first of equals.
    package static func find(for word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        let measured = candidates.map { ($0, distance(Array(word), Array($0))) }
        let best = measured.min { $0.1 < $1.1 }
        guard let best, best.1 <= limit else { return nil }
        return best.0
    }

    /// How many letters must be put in, taken out, replaced or swapped with their neighbour to get from one to the other.
    package static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var before: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var best = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1]
                {
                    best = min(best, before[column - 2] + 1)
                }
                current.append(best)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
