import Basics

/// Interfaces, routes, routing rules and name servers in force.
///
/// Known to work with `ip` of iproute2 4.13 to 6 (JSON) and of BusyBox and older iproute2 (text). Not kept, because they
/// change by themselves: indices, queues, counters, carrier and operational state, life times, addresses given by DHCP
/// or router advertisements (only that there are such), link-local ones, routes that the kernel adds for each address, the `veth…` ends of running containers, the hardware
/// addresses of bridges that container engines make, the kernel's table of its own addresses.
/// - SeeAlso: ip-address(8), ip-route(8), ip-rule(8), resolv.conf(5)
package enum NetworkStateCollector: Collector {
    package static let name = "network-state"
    package static let summary =
        "Interfaces, fixed addresses, routes, routing rules and name servers in force."

    package static let probes = [
        Probe(
            "addresses", tool: "ip", isRequired: true,
            script: "ip -j address show 2>/dev/null || ip address show"),
        Probe(
            "routes", tool: "ip",
            script: """
                ip -j route show table all 2>/dev/null && exit 0
                ip route show || exit
                ip -6 route show 2>/dev/null || :
                """),
        Probe("rules", tool: "ip", script: "ip -j rule show 2>/dev/null || ip rule show"),
        Probe(
            "resolver",
            script: "if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf; else echo '# none'; fi"),
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        doubtIfEmpty("addresses", captures, "ip lists no interface, not even the loopback")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items: [InventoryItem] = []
        if isJSON("addresses", captures) {
            items += try (captures.json("addresses")?.array ?? []).compactMap(NetworkInterface.init(json:))
                .map(\.item)
        } else {
            items += NetworkInterface.list(plain: captures.lines("addresses")).map(\.item)
        }
        if isJSON("routes", captures) {
            items += unique(
                try (captures.json("routes")?.array ?? []).compactMap(NetworkRoute.init(json:)).map(\.item))
        } else {
            items += unique(captures.lines("routes").compactMap(NetworkRoute.init(plain:)).map(\.item))
        }
        items += unique(try rules(captures))
        if let resolver = resolver(captures.lines("resolver")) { items.append(resolver) }
        return Inventory(items)
    }

    private static func isJSON(_ probe: String, _ captures: Captures) -> Bool {
        captures.byProbe[probe]?.output.first { $0 > 0x20 } == UInt8(ascii: "[")
    }

    private static func unique(_ items: [InventoryItem]) -> [InventoryItem] {
        var seen: Set<String> = []
        return items.filter { seen.insert($0.name).inserted }
    }

    /// Rules in order of priority numbers, without the three that every machine has.
    private static func rules(_ captures: Captures) throws(CollectorError) -> [InventoryItem] {
        var texts: [String] = []
        if isJSON("rules", captures) {
            for rule in try captures.json("rules")?.array ?? [] {
                guard let priority = rule["priority"]?.int, let members = rule.object else { continue }
                let words = members.filter { $0.key != "priority" && !$0.value.isUnset }.sorted {
                    $0.key < $1.key
                }
                .map { $0.key + " " + ($0.value.string ?? JSONWriter.text($0.value)) }
                texts.append("\(priority): " + words.joined(separator: " "))
            }
        } else {
            texts = captures.lines("rules").map { $0.split { " \t".contains($0) }.joined(separator: " ") }
        }
        let given = ["0: ", "32766: ", "32767: "]
        return texts.filter { text in !text.isEmpty && !given.contains { text.hasPrefix($0) } }
            .map { InventoryItem("rule", $0, [:]) }
    }

    private static func resolver(_ lines: [String]) -> InventoryItem? {
        var values: [String: [JSONValue]] = [:]
        for line in lines {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let key = words.first,
                ["nameserver", "search", "domain", "options", "sortlist"].contains(key)
            else { continue }
            values[key, default: []] += words.dropFirst().map { .string($0) }
        }
        guard !values.isEmpty else { return nil }
        return InventoryItem("resolver", "resolv.conf", values.mapValues { .array($0) })
    }
}
