import Basics

/// What was added below own paths since the backup, and what of it a plan takes away when that is asked for.
package struct OwnAdditions: Sendable, Equatable {
    /// The section of own paths.
    package let section: String
    /// Own paths in scope.
    package let roots: [[UInt8]]
    /// Paths below them that the backup has in other sections.
    package var held: Set<[UInt8]> = []
    /// Places that keep what they hold: other file systems, the homes of containers, this program's own state.
    package var kept: [[UInt8]] = []
    /// Why all that was added stays, as a clause; empty when it does not.
    package var obstacle = ""

    package init(section: String, roots: [[UInt8]]) {
        self.section = section
        self.roots = roots
    }

    /// Whether a path of `section` that the backup does not have was added.
    func holds(_ path: [UInt8], _ section: String) -> Bool {
        section == self.section && !held.contains(path)
            && roots.contains { RestorePlanner.isBelow(path, $0) }
    }

    /// Whether what was added can be taken away.
    ///
    /// - Parameter keepsFolders: whether folders may hold what was not read, as an exclusion matches it, and stay therefore.
    func gives(_ entry: (path: [UInt8], isFolder: Bool), keepsFolders: Bool) -> Bool {
        obstacle.isEmpty && !(keepsFolders && entry.isFolder)
            && !kept.contains { place in
                place == entry.path || RestorePlanner.isBelow(entry.path, place)
                    || RestorePlanner.isBelow(place, entry.path)
            }
    }

    /// What a person should know of `paths` that stay.
    ///
    /// - Parameter isAsked: whether what was added was to go.
    func sentence(_ paths: [[UInt8]], isAsked: Bool) -> String {
        let reason =
            if !isAsked {
                "--remove-added takes them away"
            } else if obstacle.isEmpty {
                "other file systems, what an exclusion matches and the state of other programs are left alone"
            } else {
                obstacle
            }
        let shown = paths.prefix(Self.shownLimit).map { DeviceText.path($0) }
        let more = paths.count > shown.count ? " and \(paths.count - shown.count) more" : ""
        return
            "What was added below own paths since the backup stays (\(paths.count)): "
            + shown.joined(separator: ", ") + more + "; \(reason)"
    }

    private static let shownLimit = 5
}
