import Storage

/// Which runs are taken back, and by which.
struct UndoneRuns: Sendable {
    /// How many runs are looked at, the newest.
    static let limit = 10_000

    /// The run that took one back, by the id of that one.
    private(set) var by: [String: String] = [:]

    init() {}

    /// - Parameter runs: newest first, as a way back comes after what it takes back: one that was itself taken back takes
    ///   nothing back.
    init(_ runs: [RunRecord]) {
        for run in runs where run.state == RunDocument.State.kept.rawValue && by[run.id] == nil {
            guard let undoes = RunDocument(run.document)?.undoes, !undoes.isEmpty else { continue }
            by[undoes] = by[undoes] ?? run.id
        }
    }
}
