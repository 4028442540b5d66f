/// Programs that fill the packet filter from a configuration of their own.
enum FirewallOwner {
    private static let chains = [
        ("DOCKER", "Docker"), ("CNI-", "podman"), ("NETAVARK", "podman"), ("KUBE-", "Kubernetes"),
        ("cali-", "Calico"),
        ("f2b-", "fail2ban"), ("LIBVIRT_", "libvirt"), ("ufw-", "ufw"), ("ufw6-", "ufw"),
        ("ts-", "Tailscale"),
    ]
    private static let tables = [
        "docker-bridges": "Docker", "netavark": "podman", "f2b-table": "fail2ban", "lxd": "LXD",
        "incus": "Incus",
        "libvirt_network": "libvirt", "kube-proxy": "Kubernetes", "firewalld": "firewalld",
    ]

    /// Who makes the chain `chain`; nil for everybody else's, also for `DOCKER-USER`, which is for people.
    static func name(chain: String) -> String? {
        guard chain != "DOCKER-USER" else { return nil }
        return chains.first { chain.hasPrefix($0.0) }?.1
    }

    /// Who makes the nftables table `table`, given as `family name`.
    static func name(table: String) -> String? {
        table.split(separator: " ").last.flatMap { tables[String($0)] }
    }

    static func owns(chain: String) -> Bool { name(chain: chain) != nil }

    static func owns(table: String) -> Bool { name(table: table) != nil }
}
