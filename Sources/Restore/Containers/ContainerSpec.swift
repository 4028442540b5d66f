import Basics

/// A container as it is made: everything that somebody chose, taken from its inspection.
package struct ContainerSpec: Sendable, Equatable {
    /// How it is attached to one network.
    package struct Connection: Sendable, Equatable {
        package let network: String
        /// Options of `docker network connect`, and with `--network-alias` for `--alias` of `docker create`.
        package var aliases: [String]
        package var address: String
        package var address6: String
        package var links: [String]
    }

    /// A volume and whether it may be written to.
    package struct VolumeUse: Sendable, Equatable {
        package var name: String
        package let destination: String
    }

    /// A port of the machine that leads to it.
    package struct Port: Sendable, Equatable {
        /// `80/tcp` inside.
        package let inner: String
        package let address: String
        /// Empty where the engine chooses.
        package let outer: String

        /// The port of the machine with its protocol.
        package var taken: String { outer + "/" + (inner.split(separator: "/").last ?? "tcp") }

        /// As `--publish` wants it.
        package var text: String {
            let host = address.contains(":") ? "[\(address)]" : address
            if outer.isEmpty { return host.isEmpty ? inner : "\(host)::\(inner)" }
            return host.isEmpty ? "\(outer):\(inner)" : "\(host):\(outer):\(inner)"
        }
    }

    package var name: String
    /// The image as it was asked for, and its id.
    package let reference: String
    package let imageID: String
    /// Options of `docker create` without name, image, network, ports, mounts of volumes and labels.
    package var options: ArgumentList
    package var labels: [String: String]
    package let command: [String]
    package var volumes: [VolumeUse]
    /// Mounts as `--mount` wants them, those of volumes without their source.
    package var mounts: [[String]]
    package var ports: [Port]
    /// `bridge`, `host`, `container:NAME` or the name of a network.
    package var networkMode: String
    /// How it is attached to the network of `networkMode`, if at all, and to others.
    package var primary: Connection?
    package var others: [Connection]
    package var restartPolicy: String
    package var isUp: Bool
    package let wasHealthy: Bool
    /// Whether it ended and was started again and again.
    package let wasRestarting: Bool
    /// Seconds that its health check may take at most until it says that it is well.
    package let patience: Int
    package let project: String?
    package let service: String?
    /// Containers that must run before it does.
    package let needs: [String]
    /// What cannot be made the same, as sentences.
    package let losses: [String]
    /// Why it must not be made at all; empty when nothing speaks against it.
    package let refusals: [String]

    /// Arguments of `docker create` that make it from `image`.
    package func creation(from image: String) -> ArgumentList {
        var list = creationOptions
        list.add(image)
        for word in command { list.add(word) }
        return list
    }

    /// Publishes no port of the machine, chosen or not.
    package mutating func leavePortsOut() {
        ports = []
        options = options.without(["--publish-all"])
    }

    /// Whether it asks for ports of the machine.
    package var publishes: Bool { !ports.isEmpty || options.parts.contains(["--publish-all"]) }

    /// Arguments of `docker create` before the image.
    var creationOptions: ArgumentList {
        var list = ArgumentList(["create"])
        list.add("--name", name)
        list.add(contentsOf: options)
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) { list.add("--label", key + "=" + value) }
        for port in ports { list.add("--publish", port.text) }
        for mount in mounts { list.add("--mount", ArgumentList.commaSeparated(mount)) }
        for volume in volumes {
            list.add("--mount", ArgumentList.commaSeparated(volumeFields(volume)))
        }
        list.add("--network", networkMode)
        if let primary {
            for alias in primary.aliases { list.add("--network-alias", alias) }
            list.option("--ip", primary.address)
            list.option("--ip6", primary.address6)
            for link in primary.links { list.add("--link", link) }
        }
        list.add("--restart", restartPolicy)
        return list
    }

    /// Options of a volume's mount that belong to its place: `readonly`, `volume-nocopy`.
    package var volumeOptions: [String: [String]] = [:]

    private func volumeFields(_ volume: VolumeUse) -> [String] {
        ["type=volume", "source=" + volume.name, "target=" + volume.destination]
            + (volumeOptions[volume.destination] ?? [])
    }

    /// Arguments of each `docker network connect` that it needs besides.
    package var connections: [ArgumentList] {
        others.map { connection in
            var list = ArgumentList(["network", "connect"])
            for alias in connection.aliases { list.add("--alias", alias) }
            list.option("--ip", connection.address)
            list.option("--ip6", connection.address6)
            for link in connection.links { list.add("--link", link) }
            list.add(connection.network, name)
            return list
        }
    }

    /// Networks that must be there before it is made.
    package var networks: [String] {
        ([primary] + others).compactMap { $0?.network }
    }

    /// Whether it has an address that somebody chose.
    package var hasFixedAddress: Bool {
        ([primary] + others).contains { $0.map { !$0.address.isEmpty || !$0.address6.isEmpty } ?? false }
    }

    /// Everything about it that counts, as words.
    var identity: [String] {
        creation(from: reference).words + [imageID] + connections.flatMap(\.words) + [isUp ? "up" : "down"]
    }
}
