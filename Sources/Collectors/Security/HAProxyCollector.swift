import Basics

/// HAProxy: version, its frontends and backends, and its files.
///
/// Known to work with HAProxy 1.8 to 3.
package enum HAProxyCollector: Collector {
    package static let name = "haproxy"
    package static let summary = "HAProxy: version, frontends and backends, configuration files."

    package static let probes = [
        Probe("version", tool: "haproxy", isRequired: true, script: "haproxy -v"),
        Probe(
            "parts", tool: "haproxy",
            script: SiteListing.script(
                ["/etc/haproxy/*.cfg", "/etc/haproxy/conf.d/*.cfg"],
                lines: "^[ \\t]*(frontend|backend|listen|bind|server)[ \\t]")),
    ]

    package static let files = FileSet(["/etc/haproxy", "/etc/default/haproxy"])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let (files, remarks) = SiteListing.parse(captures.lines("parts"))
        var parts: [String: (binds: [String], servers: [String])] = [:]
        for lines in files.values {
            var current: String?
            for words in lines where words.count > 1 {
                switch words[0] {
                case "bind": current.map { parts[$0]?.binds.append(words[1]) }
                case "server":
                    current.map {
                        parts[$0]?.servers.append(words.dropFirst().prefix(2).joined(separator: " "))
                    }
                default:
                    current = words[0] + " " + words[1]
                    current.map { parts[$0] = parts[$0] ?? ([], []) }
                }
            }
        }
        let items = parts.map { name, part in
            let fields: [String: JSONValue] = [
                "binds": .array(part.binds.map { .string($0) }),
                "servers": .array(part.servers.map { .string($0) }),
            ]
            return InventoryItem("proxy", name, fields.filter { !$0.value.isUnset })
        }
        return Inventory(SiteListing.program("haproxy", captures.lines("version")) + items, remarks: remarks)
    }
}
