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

    /// Those that a path names, or in which it names something.
    static func named(_ wanted: ContainerPlanning.Wanted, in scope: RestoreScope) -> Set<String> {
        wanted.wholeBinds.filter { isNamed($0, by: scope) }
    }

    /// Of `places`, those in which paths name a part, and none names the whole.
    static func parts(of places: [String], in scope: RestoreScope) -> Set<String> {
        guard !scope.patterns.isEmpty else { return [] }
        return Set(
            places.filter { place in
                isNamed(place, by: scope)
                    && !scope.globs.contains { $0.matches(Array(place.utf8)) }
                    && !scope.patterns.contains { [place + "/*", place + "/**"].contains($0) }
            })
    }

    /// What is in the way of containers that are made and would write where another one, unknown to the backup, does.
    /// - Parameter made: names of those that are made.
    static func shared(
        by made: Set<String>, _ wanted: ContainerPlanning.Wanted, _ present: EngineState
    ) -> [String] {
        let others = present.containers.values.filter { other in
            (other.isUp || other.isPaused) && wanted.engine.containers[other.name] == nil
        }
        return made.sorted().compactMap { wanted.engine.containers[$0] }.flatMap { container in
            others.sorted { $0.name < $1.name }.compactMap { other in
                let places = container.written.intersection(other.written)
                    .filter { !$0.hasPrefix("/") || wanted.wholeBinds.contains($0) }
                    .sorted().map(TerminalText.escape)
                guard !places.isEmpty else { return nil }
                return
                    "the container \(other.name), which the backup does not know, runs and writes where \(container.name) will: \(places.joined(separator: ", ")); stop it first, or leave \(container.name) out"
            }
        }
    }

    /// Bind mounts that nothing will bring, by the containers that are made on them.
    static func unheld(
        _ absent: Set<String>, _ wanted: ContainerPlanning.Wanted, made: Set<String>
    ) -> [(source: String, container: String)] {
        made.sorted().compactMap { wanted.engine.containers[$0] }.flatMap { container in
            container.sources.sorted().filter { source in
                absent.contains(source)
                    && ([source] + (wanted.engine.links[source] ?? [])).allSatisfy {
                        wanted.holdings[$0] == nil
                    }
            }.map { ($0, container.name) }
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
