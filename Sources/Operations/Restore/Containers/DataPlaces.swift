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

    /// Folders that are bind mounts and that own paths in scope hold whole; a path that is named is a file like any other.
    static func binds(_ wanted: ContainerPlanning.Wanted, in scope: RestoreScope) -> Set<String> {
        guard scope.globs.isEmpty, !wanted.wholeBinds.isEmpty else { return [] }
        let folders = scope.wanted.lazy.filter { $0.kind == .folder }.map { DeviceText.string($0.path) }
        return wanted.wholeBinds.intersection(folders)
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
