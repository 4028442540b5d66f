import Basics

/// nginx: version, enabled sites with what they listen on, and its files.
///
/// Known to work with nginx 1.14 to 1.27 of Debian, Alpine and nginx.org. `nginx -T` is not used: it creates folders and
/// log files that are missing.
package enum NginxCollector: Collector {
    package static let name = "nginx"
    package static let summary = "nginx: version, enabled sites, configuration files."

    package static let probes = [
        Probe("version", tool: "nginx", isRequired: true, script: "nginx -v 2>&1"),
        Probe(
            "sites", tool: "nginx",
            script: SiteListing.script(
                [
                    "/etc/nginx/nginx.conf", "/etc/nginx/sites-enabled/*", "/etc/nginx/conf.d/*.conf",
                    "/etc/nginx/http.d/*.conf",
                ], lines: "^[ \\t]*(listen|server_name)[ \\t]")),
    ]

    package static let files = FileSet(["/etc/nginx", "/etc/default/nginx", "/etc/openresty"])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let (files, remarks) = SiteListing.parse(captures.lines("sites"))
        let sites = files.map { file, lines -> InventoryItem in
            let fields: [String: JSONValue] = [
                "listens": SiteListing.values(lines, after: ["listen"]),
                "serverNames": SiteListing.values(lines, after: ["server_name"]),
            ]
            return InventoryItem("site", file, fields.filter { !$0.value.isUnset })
        }
        return Inventory(SiteListing.program("nginx", captures.lines("version")) + sites, remarks: remarks)
    }
}
