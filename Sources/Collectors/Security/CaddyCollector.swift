import Basics

/// Caddy: version, configuration, and the certificates and accounts it keeps.
///
/// Known to work with Caddy 2, which makes a folder in its home at every start, even to tell its version; it gets a home
/// in which no folder can be made.
package enum CaddyCollector: Collector {
    package static let name = "caddy"
    package static let summary = "Caddy: version, configuration files, certificates and accounts."

    package static let probes = [
        Probe("version", tool: "caddy", isRequired: true, script: "HOME=/dev/null caddy version")
    ]

    package static let files = FileSet(
        [
            "/etc/caddy", "/etc/default/caddy", "/var/lib/caddy/.config/caddy",
            "/var/lib/caddy/.local/share/caddy", "/root/.config/caddy", "/root/.local/share/caddy",
        ],
        excludes: ["*/.local/share/caddy/locks/*", "*/.local/share/caddy/ocsp/*"].map { "/" + $0 })

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        Inventory(SiteListing.program("caddy", captures.lines("version")))
    }
}
