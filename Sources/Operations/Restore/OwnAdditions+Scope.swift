import Basics
import Collectors
import RemoteExecution
import Restore
import Vault

extension OwnAdditions {
    /// Folders in which programs keep their own: an own path around them does not make that a person's.
    private static let ofPrograms = [
        "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/holdfast",
        "/var/lib/incus",
        "/var/lib/lxc", "/var/lib/lxd", "/var/snap/lxd",
    ]

    /// - Parameter state: where this program keeps its own, which may be on the very device.
    init?(
        _ scope: RestoreScope, _ device: Device, wanted: DeviceState, present: DeviceState, state: StatePaths
    ) {
        let name = DeviceBackup.ownPathsSection
        let roots = scope.ownRoots
        guard scope.comparesFiles, scope.sections.contains(name), !roots.isEmpty else { return nil }
        self.init(section: name, roots: roots)
        held = scope.heldElsewhere
        let mounts = present.mountPoints
        let places = mounts + Self.ofPrograms + [state.data, state.configuration, state.state]
        // One that an own path lies in was meant when that was named.
        kept = places.map { Array($0.utf8) }.filter { place in
            roots.contains { place.count > $0.count && place.starts(with: $0 + [UInt8(ascii: "/")]) }
        }
        let left = scope.manifest.notCovered.first { $0.hasPrefix(SectionAssembly.exclusions) }
        if wanted.sections[name] != "ok" {
            obstacle = "the backup holds them only in part"
        } else if present.sections[name] != "ok" {
            obstacle = "\(device.name) does not show them as a whole"
        } else if mounts.isEmpty {
            obstacle = "\(device.name) does not tell which of them lie in other file systems"
        } else if let left, left != SectionAssembly.exclusion(device.excludes) {
            obstacle = "the backup left out what an exclusion matched"
        }
    }
}
