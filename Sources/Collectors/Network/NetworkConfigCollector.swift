/// The files that configure the network: addresses, names, wireless networks, tunnels.
///
/// What is in force at the moment is the section `network-state`. `/etc/resolv.conf` is often a link into `/run`, which is
/// stored as a link; its content is an item of `network-state`.
package enum NetworkConfigCollector: Collector {
    package static let name = "network-config"
    package static let summary = "Network configuration files: interfaces, names, wireless networks, tunnels."

    package static let files = FileSet(
        [
            "/etc/netplan", "/etc/network", "/etc/NetworkManager", "/etc/systemd/network",
            "/etc/systemd/networkd.conf", "/etc/systemd/networkd.conf.d", "/etc/systemd/resolved.conf",
            "/etc/systemd/resolved.conf.d", "/etc/resolv.conf", "/etc/resolvconf", "/etc/resolvconf.conf",
            "/etc/hosts", "/etc/hostname", "/etc/hosts.allow", "/etc/hosts.deny", "/etc/host.conf",
            "/etc/networks", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/dhcp", "/etc/dhcpcd.conf",
            "/etc/wpa_supplicant", "/etc/iwd", "/var/lib/iwd", "/etc/hostapd", "/etc/dnsmasq.conf",
            "/etc/dnsmasq.d", "/etc/wireguard", "/etc/openvpn", "/etc/ipsec.conf", "/etc/ipsec.d",
            "/etc/ipsec.secrets", "/etc/swanctl", "/etc/tinc", "/etc/ppp", "/etc/frr", "/etc/bird*",
            "/etc/iproute2", "/etc/default/tailscaled", "/etc/sysconfig/network",
            "/etc/sysconfig/network-scripts", "/etc/conf.d/net", "/boot/config/network.cfg",
            "/boot/config/ident.cfg",
        ],
        excludes: ["/etc/NetworkManager/dispatcher.d/*.d/README*"])
}
