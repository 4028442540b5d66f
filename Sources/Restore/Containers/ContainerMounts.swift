import Basics

/// The mounts of a container as `--mount` wants them.
struct ContainerMounts {
    private(set) var volumes: [ContainerSpec.VolumeUse] = []
    private(set) var volumeOptions: [String: [String]] = [:]
    private(set) var mounts: [[String]] = []

    init(_ container: EngineContainer, _ losses: inout [String]) {
        let all = container.mounts.sorted {
            ($0["Destination"]?.string ?? "") < ($1["Destination"]?.string ?? "")
        }
        for mount in all {
            guard let destination = mount["Destination"]?.string, !destination.isEmpty else { continue }
            let readOnly = mount["RW"]?.bool == false ? ["readonly"] : []
            switch mount["Type"]?.string {
            case "volume":
                volumes.append(
                    ContainerSpec.VolumeUse(name: mount["Name"]?.string ?? "", destination: destination))
                volumeOptions[destination] = readOnly
            case "bind":
                var fields = [
                    "type=bind", "source=" + (mount["Source"]?.string ?? ""), "target=" + destination,
                ]
                if let propagation = mount["Propagation"]?.string, !propagation.isEmpty,
                    propagation != "rprivate"
                {
                    fields.append("bind-propagation=" + propagation)
                }
                mounts.append(fields + readOnly)
            case "tmpfs": break
            case let other:
                losses.append("a mount of the kind ‘\(other ?? "")’ at \(destination) is left out")
            }
        }
        for mount in container.host["Mounts"]?.array ?? [] where mount["Type"]?.string == "tmpfs" {
            var fields = ["type=tmpfs", "target=" + (mount["Target"]?.string ?? "")]
            if let size = mount["TmpfsOptions"]?["SizeBytes"]?.int, size > 0 {
                fields.append("tmpfs-size=\(size)")
            }
            if let mode = mount["TmpfsOptions"]?["Mode"]?.int, mode > 0 {
                fields.append("tmpfs-mode=" + String(mode, radix: 8))
            }
            mounts.append(fields)
        }
    }
}
