import Basics

/// Apache: version, enabled sites and modules, and its files.
///
/// Known to work with Apache 2.4 as Debian (`apache2`), Fedora (`httpd`) and Alpine (`httpd`) lay it out.
package enum ApacheCollector: Collector {
    package static let name = "apache"
    package static let summary = "Apache: version, enabled sites and modules, configuration files."

    package static let probes = [
        Probe("debian", tool: "apache2", script: "apache2 -v"),
        Probe("others", tool: "httpd", script: "httpd -v"),
        Probe(
            "sites",
            script: SiteListing.script(
                [
                    "/etc/apache2/sites-enabled/*", "/etc/apache2/conf-enabled/*",
                    "/etc/apache2/mods-enabled/*.load",
                    "/etc/httpd/conf/httpd.conf", "/etc/httpd/conf.d/*.conf", "/etc/apache2/httpd.conf",
                    "/etc/apache2/conf.d/*.conf",
                ], lines: "^[ \\t]*(<VirtualHost|Listen|ServerName|ServerAlias|LoadModule)[ \\t]")),
    ]

    package static let files = FileSet(["/etc/apache2", "/etc/httpd", "/etc/default/apache2"])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let (files, remarks) = SiteListing.parse(captures.lines("sites"))
        var items = SiteListing.program("apache", captures.lines("debian") + captures.lines("others"))
        var modules: Set<String> = []
        for (file, lines) in files {
            let loads = lines.filter { $0.first == "LoadModule" }
            modules.formUnion(loads.compactMap { $0.count > 1 ? $0[1] : nil })
            guard !file.contains("/mods-enabled/") else { continue }
            let fields: [String: JSONValue] = [
                "listens": SiteListing.values(lines, after: ["virtualhost", "listen"]),
                "serverNames": SiteListing.values(lines, after: ["servername", "serveralias"]),
            ]
            items.append(InventoryItem("site", file, fields.filter { !$0.value.isUnset }))
        }
        items += modules.map { InventoryItem("module", $0, [:]) }
        return Inventory(items, remarks: remarks)
    }
}
