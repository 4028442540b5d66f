package import Basics
package import Vault

extension RestorePlan {
    /// The plan's steps and `entries` as they are carried out: below the folder that the plan names, or as they are.
    /// - Parameter time: when folders that are made were changed.
    package func placed(
        _ entries: [FileEntry], at time: Timestamp
    ) -> (plan: RestorePlan, entries: [FileEntry]) {
        guard case .folder(let text) = place else { return (self, entries) }
        let folder = Array(text.utf8)
        var plan = self
        func new(_ path: [UInt8]) -> FileEntry {
            FileEntry(path: path, kind: .folder, mode: 0o700, modified: time.nanoseconds)
        }
        let known = Set(entries.lazy.filter { $0.kind == .folder }.map(\.path))
        // Folders that the selection left out are made as well, for their owner only.
        var made: [[UInt8]: FileEntry] = [:]
        for step in steps {
            var parent = SwapOperations.parent(step.subject)
            while parent.count > 1, !known.contains(parent), made[parent] == nil {
                made[parent] = new(parent)
                parent = SwapOperations.parent(parent)
            }
        }
        var all = entries + made.values
        all.sort { $0.path.lexicographicallyPrecedes($1.path) }
        let subjects = Set(steps.map(\.subject)).union(made.keys)
        plan.steps = [RestoreStep(action: .create, subject: folder, section: "")]
        var placed = [new(folder)]
        for entry in all where subjects.contains(entry.path) {
            var moved = entry
            moved.path = folder + entry.path
            if entry.kind == .hardLink { moved.linkTarget = folder + entry.linkTarget }
            placed.append(moved)
            plan.steps.append(RestoreStep(action: .create, subject: moved.path, section: ""))
        }
        return (plan, placed)
    }
}
