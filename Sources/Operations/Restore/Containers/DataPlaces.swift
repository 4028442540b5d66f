import Basics
import Restore
import Vault

/// Where containers keep what they write: own paths of a backup may hold it too, as its safety copies do.
///
/// File by file it would be mixed with what is there, under a container that runs.
enum DataPlaces {
    /// The contents of volumes: they come back as a whole, with their volume.
    static func volumes(_ engine: EngineState) -> [String] {
        engine.volumes.values.map { VolumeSpec($0).mountpoint }.filter { $0.utf8.count > 1 }
    }

    /// Folders that are bind mounts and that own paths in scope hold whole, unless a path names one or what is in it.
    static func binds(_ wanted: ContainerPlanning.Wanted, in scope: RestoreScope) -> Set<String> {
        inScope(wanted, scope).filter { !isNamed($0, by: scope) }
    }

    /// Those that a path names: these are files like any others.
    static func named(_ wanted: ContainerPlanning.Wanted, in scope: RestoreScope) -> Set<String> {
        wanted.wholeBinds.filter { isNamed($0, by: scope) }
    }

    /// What is said of containers that are made and will write where another one, unknown to the backup, runs already.
    /// - Parameter made: names of those that are made.
    static func shared(
        by made: Set<String>, _ wanted: ContainerPlanning.Wanted, _ present: EngineState
    ) -> [String] {
        let others = present.containers.values.filter { other in
            other.isUp && wanted.engine.containers[other.name] == nil
        }
        return made.sorted().compactMap { wanted.engine.containers[$0] }.flatMap { container in
            others.sorted { $0.name < $1.name }.compactMap { other in
                let places =
                    container.volumes.intersection(other.volumes).sorted().map { "volume \($0)" }
                    + container.binds.intersection(other.binds).sorted()
                    .filter { wanted.holdings[$0] != nil }.map(TerminalText.escape)
                guard !places.isEmpty else { return nil }
                return
                    "The container \(other.name), which the backup does not know, runs and uses what \(container.name) will use as well: \(places.joined(separator: ", ")); stop one of them where only one may write"
            }
        }
    }

    private static func inScope(
        _ wanted: ContainerPlanning.Wanted, _ scope: RestoreScope
    ) -> Set<String> {
        guard !wanted.wholeBinds.isEmpty else { return [] }
        let folders = scope.wanted.lazy.filter { $0.kind == .folder }.map { DeviceText.string($0.path) }
        return wanted.wholeBinds.intersection(folders)
    }

    private static func isNamed(_ place: String, by scope: RestoreScope) -> Bool {
        scope.patterns.contains { $0 == place || $0.hasPrefix(place + "/") }
    }
}

extension PlanFacts {
    /// Leaves all at `places` as it is.
    mutating func leave(_ places: [String]) {
        guard !places.isEmpty else { return }
        wanted.removeAll { RestoreScope.isBelow($0.path, places) }
        present.removeAll { RestoreScope.isBelow($0.path, places) }
    }
}
