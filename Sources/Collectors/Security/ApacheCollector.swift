import Basics

/// Apache: version, enabled sites and modules, and its files.
///
/// Known to work with Apache 2.4 as Debian (`apache2`), Fedora (`httpd`) and Alpine (`httpd`) lay it out.
package enum ApacheCollector: Collector {
    package static let name = "apache"
    package static let summary = "Apache: version, enabled sites and modules, configuration files."

    package static let probes = [
        Probe("debian", tool: "apache2", script: "apache2 -v"),
        Probe("others", tool: "httpd", script: unlessBusyBox + "httpd -v"),
        Probe(
            "sites",
            script: unlessMissing
                + SiteListing.script(
                    [
                        "/etc/apache2/sites-enabled/*", "/etc/apache2/conf-enabled/*",
                        "/etc/apache2/mods-enabled/*.load",
                        "/etc/httpd/conf/httpd.conf", "/etc/httpd/conf.d/*.conf", "/etc/apache2/httpd.conf",
                        "/etc/apache2/conf.d/*.conf",
                    ], lines: "^[ \\t]*(<VirtualHost|Listen|ServerName|ServerAlias|LoadModule)[ \\t]")),
    ]

    /// BusyBox has an `httpd` of its own, which would start to serve.
    private static let unlessBusyBox = """
        [ -d /etc/httpd ] || [ -d /etc/apache2 ] || exit 127
        case $(readlink -f "$(command -v httpd)") in *busybox*) exit 127 ;; esac

        """

    private static let unlessMissing =
        "command -v apache2 >/dev/null 2>&1 || [ -d /etc/httpd/conf ] || [ -e /etc/apache2/httpd.conf ] || exit 127\n"

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
