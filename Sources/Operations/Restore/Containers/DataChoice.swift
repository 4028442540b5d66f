import Basics
import Restore
import Vault

/// What of the data of containers a plan takes that leaves the containers themselves alone.
struct DataChoice: Sendable {
    /// Most places that are named one by one.
    private static let limit = 200

    /// Volumes by name, whole.
    private(set) var volumes: [String] = []
    /// Places of bind mounts, or in them.
    private(set) var binds: [String] = []
    /// What is asked for and cannot come back alone, as sentences.
    private(set) var conflicts: [String] = []

    init(_ scope: RestoreScope, _ wanted: ContainerPlanning.Wanted) {
        self.init(
            scope.dataRoots, all: scope.takesAllData, wholeBinds: wanted.wholeBinds,
            volumes: wanted.engine.volumes.mapValues { VolumeSpec($0).mountpoint })
    }

    /// - Parameters:
    ///   - roots: the topmost paths that are asked for.
    ///   - all: whether all data is.
    ///   - places: where the backup has each volume.
    init(_ roots: [[UInt8]], all: Bool, wholeBinds: Set<String>, volumes places: [String: String]) {
        guard !all else {
            volumes = places.keys.sorted()
            binds = ContainerPlanning.topmost(wholeBinds)
            return
        }
        guard roots.count <= Self.limit else {
            conflicts.append(
                "\(roots.count) places in the data of containers match, more than the \(Self.limit) that are replaced one by one; name the folder around them"
            )
            return
        }
        for root in roots {
            let path = DeviceText.string(root)
            let covered = places.filter { RestoreScope.isBelow(Array($0.value.utf8), [path]) }
            if let volume = places.first(where: { RestoreScope.isBelow(root, [$0.value]) }), covered.isEmpty {
                conflicts.append(
                    "\(DeviceText.path(root)) lies in the volume \(volume.key), which comes back as a whole only: plan with --path \(volume.value), or bring the file into a folder with --to"
                )
            } else if covered.isEmpty {
                binds.append(path)
            } else {
                volumes += covered.keys
            }
        }
        volumes = Set(volumes).sorted()
    }
}
