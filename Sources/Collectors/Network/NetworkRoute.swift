import Basics

/// One route, without what the kernel derives or counts.
struct NetworkRoute {
    private var fields: [String: JSONValue] = [:]

    /// Types of routes that the kernel makes for its own addresses.
    private static let derived: Set<String> = ["local", "broadcast", "multicast", "anycast"]
    private static let kept = [
        "type", "dst", "gateway", "dev", "prefsrc", "src", "scope", "metric", "table", "protocol", "nexthops",
        "via",
        "mtu",
    ]

    /// The item; its name is the route in the order in which `ip route` writes it.
    var item: InventoryItem {
        func part(_ key: String, _ word: String) -> String {
            guard let value = fields[key] else { return "" }
            return " \(word) \(value.string ?? JSONWriter.text(value))"
        }
        let type = fields["type"]?.string.map { $0 + " " } ?? ""
        let name =
            type + (fields["dst"]?.string ?? "?") + part("gateway", "via") + part("via", "via")
            + part("dev", "dev")
            + part("table", "table") + part("metric", "metric") + part("nexthops", "nexthops")
            + part("src", "from")
            + part("prefsrc", "src")
        return InventoryItem("route", name, fields)
    }

    /// One element of `ip -j route`; nil for routes that follow from addresses of the machine or come and go.
    init?(json: JSONValue) {
        guard let members = json.object, json["dst"]?.string != nil else { return nil }
        for key in Self.kept {
            if let value = members[key], !value.isUnset { fields[key] = value }
        }
        if let hops = json["nexthops"]?.array {
            // Flags of a hop tell its present state.
            fields["nexthops"] = .array(
                hops.map { .object(($0.object ?? [:]).filter { $0.key != "flags" && !$0.value.isUnset }) })
        }
        guard isKept else { return nil }
    }

    /// One line of `ip route`: `default via 10.0.0.1 dev eth0 proto dhcp metric 100`.
    init?(plain line: String) {
        var words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard !words.isEmpty else { return nil }
        let types = ["unreachable", "blackhole", "prohibit", "unicast", "throw"] + Self.derived
        if types.contains(words[0]) { fields["type"] = .string(words.removeFirst()) }
        guard !words.isEmpty else { return nil }
        fields["dst"] = .string(words.removeFirst())
        let keys = [
            "via": "gateway", "dev": "dev", "src": "prefsrc", "scope": "scope", "table": "table",
            "proto": "protocol",
        ]
        for (word, value) in zip(words, words.dropFirst()) {
            if let key = keys[word] { fields[key] = .string(value) }
            if word == "metric", let metric = Int64(value) { fields["metric"] = .int(metric) }
        }
        guard isKept else { return nil }
    }

    private var isKept: Bool {
        if let type = fields["type"]?.string, Self.derived.contains(type) { return false }
        if fields["table"]?.string == "local" || fields["dev"]?.string?.hasPrefix("veth") == true {
            return false
        }
        // What the kernel adds for each address says nothing that the address does not; BusyBox does not name it.
        if fields["gateway"] != nil || fields["nexthops"] != nil { return true }
        let isLink =
            fields["scope"]?.string == "link" && fields["prefsrc"] != nil && fields["protocol"] == nil
        return fields["protocol"]?.string != "kernel" && !isLink
            && !(fields["dst"]?.string?.hasPrefix("fe80:") == true && fields["type"] == nil)
    }
}
