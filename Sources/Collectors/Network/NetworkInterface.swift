import Basics

/// What of one interface stays the same by itself.
struct NetworkInterface {
    let name: String
    private var fields: [String: JSONValue] = [:]
    private var addresses: [String] = []
    private var dynamic: Set<String> = []

    private init(name: String) { self.name = name }

    /// The item of this interface.
    var item: InventoryItem {
        var fields = fields
        fields["addresses"] = .array(addresses.sorted().map { .string($0) })
        fields["dynamicFamilies"] = .array(dynamic.sorted().map { .string($0) })
        if Self.isMadeByEngine(name) { fields["hardwareAddress"] = nil }
        return InventoryItem("interface", name, fields.filter { !$0.value.isUnset })
    }

    /// One element of `ip -j address`; nil for the ends of containers' pairs and for what is no interface.
    init?(json: JSONValue) {
        guard let name = json["ifname"]?.string, !name.hasPrefix("veth") else { return nil }
        self.init(name: name)
        let flags = (json["flags"]?.array ?? []).compactMap(\.string)
        fields = [
            "isUp": .bool(flags.contains("UP")),
            "mtu": json["mtu"] ?? nil,
            "type": json["link_type"] ?? nil,
            "hardwareAddress": json["address"] ?? nil,
            "bridge": json["master"] ?? nil,
            "parent": json["link"] ?? nil,
        ]
        for address in json["addr_info"]?.array ?? [] {
            guard let family = address["family"]?.string, let local = address["local"]?.string else {
                continue
            }
            let length = address["prefixlen"]?.int ?? 0
            let isDynamic = address["dynamic"]?.bool == true || address["temporary"]?.bool == true
            add("\(local)/\(length)", family: family, isDynamic: isDynamic)
        }
    }

    /// The interfaces in the text of `ip address`.
    static func list(plain lines: [String]) -> [NetworkInterface] {
        var list: [NetworkInterface] = []
        for line in lines {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            if line.first?.isNumber == true, words.count > 2 {
                list.append(NetworkInterface(head: words))
            } else if !list.isEmpty, words.count > 1 {
                list[list.count - 1].add(words)
            }
        }
        return list.filter { !$0.name.hasPrefix("veth") }
    }

    /// `2.
    ///
    /// eth0@if5: <BROADCAST,UP> mtu 1500 … master br0`
    private init(head words: [String]) {
        let parts = words[1].split(separator: "@", maxSplits: 1)
        let name = parts.first.map { $0.hasSuffix(":") ? String($0.dropLast()) : String($0) } ?? ""
        self.init(name: name)
        let flags = words[2].split { "<>,".contains($0) }
        fields["isUp"] = .bool(flags.contains("UP"))
        for (key, value) in zip(words.dropFirst(3), words.dropFirst(4)) {
            if key == "mtu", let mtu = Int64(value) { fields["mtu"] = .int(mtu) }
            if key == "master" { fields["bridge"] = .string(value) }
        }
    }

    private mutating func add(_ words: [String]) {
        if words[0].hasPrefix("link/") {
            fields["type"] = .string(String(words[0].dropFirst(5)))
            fields["hardwareAddress"] = .string(words[1])
        } else if words[0] == "inet" || words[0] == "inet6" {
            let isDynamic = words.contains("dynamic") || words.contains("temporary")
            let address = words[1].contains("/") ? words[1] : words[1] + (words[0] == "inet" ? "/32" : "/128")
            add(address, family: words[0], isDynamic: isDynamic)
        }
    }

    /// Link-local IPv6 addresses follow from hardware addresses and appear with the carrier; they are not kept.
    private mutating func add(_ address: String, family: String, isDynamic: Bool) {
        if family == "inet6", address.hasPrefix("fe80:") { return }
        if isDynamic { dynamic.insert(family) } else { addresses.append(address) }
    }

    /// Whether the name is one that Docker, podman, LXD, Incus or libvirt give to their bridges.
    private static func isMadeByEngine(_ name: String) -> Bool {
        if ["docker", "virbr", "lxdbr", "incusbr", "cni", "podman"].contains(where: name.hasPrefix) {
            return true
        }
        let rest = name.dropFirst(3)
        return name.hasPrefix("br-") && rest.count == 12 && rest.allSatisfy(\.isHexDigit)
    }
}
