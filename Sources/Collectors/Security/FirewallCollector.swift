import Basics

/// The packet filter: ufw's rules, nftables and iptables chains without counters, and the files of all of them.
///
/// Known to work with ufw 0.36, nftables 0.9 to 1.1, iptables 1.6 to 1.8 of either kind. Order inside a chain is kept.
/// Not kept, because they change by themselves: counters, times, elements of sets with a time limit, and the chains that
/// ufw, Docker, podman, Kubernetes, libvirt, LXD and fail2ban make from their own configuration.
/// - SeeAlso: ufw(8), nft(8), iptables-save(8)
package enum FirewallCollector: Collector {
    package static let name = "firewall"
    package static let summary =
        "Packet filter: ufw rules, nftables and iptables chains without counters, files."

    package static let probes = [
        Probe(
            "ufw", tool: "ufw", rootCommand: "/usr/sbin/ufw status verbose",
            script: "hf_root ufw status verbose"),
        Probe(
            "nft", tool: "nft", rootCommand: "/usr/sbin/nft -s list ruleset",
            script: "hf_root nft -s list ruleset"),
        Probe(
            "iptables", tool: "iptables-save", rootCommand: "/usr/sbin/iptables-save",
            script: "hf_root iptables-save"),
        Probe(
            "ip6tables", tool: "ip6tables-save", rootCommand: "/usr/sbin/ip6tables-save",
            script: "hf_root ip6tables-save"),
    ]

    package static let files = FileSet([
        "/etc/ufw", "/etc/default/ufw", "/etc/nftables.conf", "/etc/nftables.d", "/etc/nftables",
        "/etc/iptables", "/etc/iptables.up.rules", "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables",
        "/etc/sysconfig/nftables.conf", "/etc/firewalld", "/etc/shorewall", "/etc/shorewall6", "/etc/ferm",
        "/etc/csf", "/etc/ipset.conf", "/etc/pve/firewall", "/etc/conf.d/iptables",
    ])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items: [InventoryItem] = []
        if let ufw = UFWStatus(captures.lines("ufw")) { items.append(ufw.item) }
        let filters =
            IPTablesRules.chains(captures.lines("iptables"), family: "ip")
            + IPTablesRules.chains(captures.lines("ip6tables"), family: "ip6")
        let managed = Set(filters.map { $0.family + " " + $0.table })
        let chains = NFTablesRules.objects(captures.lines("nft")).filter { !managed.contains($0.table) }
        items += filters.filter { !FirewallOwner.owns(chain: $0.chain) }.compactMap(\.item)
        items += chains.filter { !FirewallOwner.owns(table: $0.table) && !FirewallOwner.owns(chain: $0.name) }
            .map(\.item)
        let makers = Set(
            filters.compactMap { FirewallOwner.name(chain: $0.chain) }
                + chains.compactMap {
                    FirewallOwner.name(table: $0.table) ?? FirewallOwner.name(chain: $0.name)
                })
        let remark = "Chains that these programs make from their own configuration are left out: "
        return Inventory(
            items, remarks: makers.isEmpty ? [] : [remark + makers.sorted().joined(separator: ", ") + "."])
    }
}
