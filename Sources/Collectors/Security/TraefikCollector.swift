import Basics

/// Traefik on the machine itself: version, configuration, certificate store.
///
/// Known to work with Traefik 2 and 3. A Traefik inside a container is covered by the container and its mounts.
package enum TraefikCollector: Collector {
    package static let name = "traefik"
    package static let summary = "Traefik: version, configuration files, certificate store."

    package static let probes = [
        Probe("version", tool: "traefik", isRequired: true, script: "traefik version")
    ]

    package static let files = FileSet([
        "/etc/traefik", "/var/lib/traefik", "/opt/traefik/*.y*ml", "/opt/traefik/*.toml",
    ])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let line = captures.lines("version").filter { $0.hasPrefix("Version:") }
        return Inventory(SiteListing.program("traefik", line))
    }
}
