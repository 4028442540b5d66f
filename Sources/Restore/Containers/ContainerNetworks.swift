import Basics

/// How a container is attached to networks.
struct ContainerNetworks {
    private(set) var mode: String
    private(set) var primary: ContainerSpec.Connection?
    private(set) var others: [ContainerSpec.Connection] = []
    /// Containers whose network it shares.
    private(set) var needs: [String] = []

    /// - Parameter names: of containers by their ids.
    init(
        _ container: EngineContainer, _ engine: EngineState, names: [String: String], _ losses: inout [String]
    ) {
        mode = container.host["NetworkMode"]?.string ?? "bridge"
        if mode == "default" || mode.isEmpty { mode = "bridge" }
        if mode.hasPrefix("container:") {
            let other = String(mode.dropFirst("container:".count))
            let name = names[other] ?? other
            mode = "container:" + name
            needs.append(name)
            return
        }
        let attached = container.networks
        if attached[mode] == nil,
            let name = attached.first(where: { $0.value["NetworkID"]?.string == mode })?.key
        {
            mode = name
        }
        for (name, value) in attached.sorted(by: { $0.key < $1.key }) {
            guard !ContainerSpec.builtIn.contains(name) else { continue }
            let connection = Self.connection(name, value, container.id)
            if value["DriverOpts"]?.object?.isEmpty == false {
                losses.append("driver options of its place in the network \(name) are left out")
            }
            if name == mode { primary = connection } else { others.append(connection) }
        }
    }

    private static func connection(
        _ name: String, _ value: JSONValue, _ id: String
    ) -> ContainerSpec.Connection {
        let aliases = (value["Aliases"]?.array ?? []).compactMap(\.string)
        var seen: Set<String> = []
        return ContainerSpec.Connection(
            network: name,
            aliases: aliases.filter { !$0.isEmpty && !id.hasPrefix($0) && seen.insert($0).inserted }.sorted(),
            address: value["IPAMConfig"]?["IPv4Address"]?.string ?? "",
            address6: value["IPAMConfig"]?["IPv6Address"]?.string ?? "",
            links: (value["Links"]?.array ?? []).compactMap(\.string))
    }
}
