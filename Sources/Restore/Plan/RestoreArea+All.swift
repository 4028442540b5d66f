extension RestoreArea {
    /// Every area, in the order in which changes are made to work: what others need comes first.
    ///
    /// - SeeAlso: sshd(8) `-t`, visudo(8) `-c`, nginx(8) `-t`, systemd-analyze(1) `verify`, nft(8) `-c`, netplan-generate(8).
    package static let all: [RestoreArea] = [
        RestoreArea(
            "users",
            paths: [
                "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid",
                "/etc/nsswitch.conf", "/etc/shells", "/etc/login.defs",
            ],
            risk: .high, mayCutConnection: true,
            validators: [
                Validator(
                    "awk",
                    "awk -F: 'NF != 7 { print \"invalid password file entry: line \" NR; exit 1 }' /etc/passwd && awk -F: '$3 == 0 { f = 1 } END { if (!f) print \"nobody has number 0\"; exit !f }' /etc/passwd"
                ),
                Validator(
                    "awk",
                    "awk -F: 'NF != 4 { print \"invalid group file entry: line \" NR; exit 1 }' /etc/group"),
                Validator("pwck", complaints("pwck -r -q /etc/passwd /etc/shadow", of: "/etc/shadow")),
                Validator("grpck", complaints("grpck -r /etc/group /etc/gshadow", of: "/etc/gshadow")),
            ]),
        RestoreArea(
            "pam", paths: ["/etc/pam.d/", "/etc/security/", "/etc/pam.conf"], risk: .high,
            mayCutConnection: true),
        RestoreArea(
            "sudo", paths: ["/etc/sudoers", "/etc/sudoers.d/", "/etc/sudo.conf", "/etc/doas.conf"],
            risk: .high, mayCutConnection: true, validators: [Validator("visudo", "visudo -c")]),
        RestoreArea(
            "units",
            paths: [
                "/etc/systemd/system/", "/etc/systemd/system.conf", "/etc/systemd/system.conf.d/",
                "/usr/local/lib/systemd/system/", "/etc/fstab", "/etc/crypttab",
            ],
            activation: "systemctl daemon-reload"),
        RestoreArea(
            "mounts", paths: ["/etc/fstab"], risk: .high,
            validators: [
                Validator("findmnt", mounts),
                // Looked at with the shell alone, which is there.
                Validator("sh", sources, wantsFiles: true),
            ]),
        RestoreArea(
            "kernel", paths: ["/etc/sysctl.conf", "/etc/sysctl.d/"],
            // A key that this kernel does not know or does not let go makes sysctl fail, here as at every boot.
            activation: "sysctl --system >/dev/null 2>&1 || :",
            plainActivation: "sysctl -e -p >/dev/null 2>&1 || :"),
        RestoreArea(
            "netplan", paths: ["/etc/netplan/"], risk: .high, mayCutConnection: true,
            validators: [
                Validator(
                    "netplan",
                    "r=$(mktemp -d) && mkdir -p \"$r/etc\" && cp -a /etc/netplan \"$r/etc/\" && netplan generate --root-dir \"$r\"; s=$?; rm -rf \"$r\"; [ \"$s\" = 0 ]"
                )
            ],
            activation: "netplan apply"),
        RestoreArea(
            "network",
            paths: [
                "/etc/network/", "/etc/systemd/network/", "/etc/systemd/networkd.conf",
                "/etc/NetworkManager/",
                "/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/etc/sysconfig/network-scripts/",
                "/etc/dhcpcd.conf", "/etc/wpa_supplicant/",
            ],
            risk: .high, mayCutConnection: true,
            activation: """
                if systemctl is-active --quiet systemd-networkd; then networkctl reload || systemctl restart systemd-networkd; fi
                if systemctl is-active --quiet NetworkManager; then nmcli connection reload; fi
                if systemctl is-active --quiet networking && command -v ifreload >/dev/null; then ifreload -a; fi
                """),
        firewall,
        RestoreArea(
            "sshd", paths: ["/etc/ssh/", "/etc/default/ssh", "/etc/pam.d/sshd"], risk: .high,
            mayCutConnection: true,
            validators: [
                Validator("sshd", "[ -d /run/sshd ] || mkdir -m 755 /run/sshd; \"$(command -v sshd)\" -t")
            ],
            units: ["ssh.service", "sshd.service"],
            plainActivation: "if [ -s /run/sshd.pid ]; then kill -HUP \"$(cat /run/sshd.pid)\"; fi"),
        RestoreArea(
            "nginx", paths: ["/etc/nginx/"], validators: [Validator("nginx", "nginx -t -q")],
            units: ["nginx.service"],
            plainActivation: "if [ -s /run/nginx.pid ]; then nginx -s reload; fi"),
        RestoreArea(
            "apache", paths: ["/etc/apache2/", "/etc/httpd/"],
            validators: [Validator("apache2ctl", "apache2ctl -t"), Validator("httpd", "httpd -t")],
            units: ["apache2.service", "httpd.service"]),
        RestoreArea(
            "haproxy", paths: ["/etc/haproxy/"],
            validators: [
                Validator(
                    "haproxy",
                    "[ ! -f /etc/haproxy/haproxy.cfg ] || haproxy -c -f /etc/haproxy/haproxy.cfg")
            ],
            units: ["haproxy.service"]),
        RestoreArea(
            "caddy", paths: ["/etc/caddy/"],
            validators: [
                Validator(
                    "caddy", "[ ! -f /etc/caddy/Caddyfile ] || caddy validate --config /etc/caddy/Caddyfile")
            ],
            units: ["caddy.service"]),
        RestoreArea(
            "fail2ban", paths: ["/etc/fail2ban/"],
            validators: [Validator("fail2ban-client", "fail2ban-client -t")],
            units: ["fail2ban.service"]),
        RestoreArea(
            "docker", paths: ["/etc/docker/"], risk: .high,
            validators: [
                Validator(
                    "dockerd",
                    "[ ! -f /etc/docker/daemon.json ] || dockerd --validate --config-file /etc/docker/daemon.json"
                )
            ],
            units: ["docker.service"]),
        RestoreArea(
            "logging", paths: ["/etc/rsyslog.conf", "/etc/rsyslog.d/"],
            validators: [Validator("rsyslogd", "rsyslogd -N1")], units: ["rsyslog.service"]),
        RestoreArea(
            "logrotate", paths: ["/etc/logrotate.conf", "/etc/logrotate.d/"], risk: .low,
            validators: [
                Validator(
                    "logrotate",
                    "o=$(logrotate -d /etc/logrotate.conf 2>&1) || { printf '%s\\n' \"$o\" | grep -e error; exit 1; }"
                )
            ]),
        RestoreArea(
            "cron", paths: ["/etc/crontab", "/etc/cron.d/", "/var/spool/cron/", "/etc/crontabs/"], risk: .low,
            validators: [Validator("crontab", crontabs, wantsFiles: true)]),
        RestoreArea("udev", paths: ["/etc/udev/"], activation: "udevadm control --reload"),
    ]

    /// Of what pwck and grpck say, only entries that are none or stand there twice refuse: accounts without a home are usual.
    private static func complaints(_ command: String, of file: String) -> String {
        "[ -f \(file) ] || exit 0; ! \(command) 2>&1 </dev/null | grep -E 'invalid [a-z ]*file entry|duplicate [a-z ]*entry'"
    }

    /// Only errors refuse, each told behind the place that it is about.
    private static let mounts = """
        [ -s /etc/fstab ] || exit 0
        o=$(findmnt --verify --tab-file /etc/fstab 2>&1) && exit 0
        printf '%s\\n' "$o" | awk '
        /parse errors?,/ { sum = $0; next }
        /parse error/ { print; next }
        /^[^ ]/ { place = $0 }
        /[[]E[]]/ { sub(/^.*[[]E[]] */, ""); print "/etc/fstab: " place ": " $0 }
        END { print sum }'
        exit 1
        """

    /// A line that comes, and whose device is not there, would end the next start before anybody can log in.
    ///
    /// - SeeAlso: systemd.mount(5) on `nofail`
    private static let sources = """
        absent() {
        case $1 in
        /dev/*) [ ! -e "$1" ] ;;
        UUID=*|LABEL=*|PARTUUID=*|PARTLABEL=*) command -v findfs >/dev/null 2>&1 && ! findfs "$1" >/dev/null 2>&1 ;;
        *) return 1 ;;
        esac
        }
        while [ $# -gt 1 ]; do
        f=$1 k=$2; shift 2
        [ "$f" = /etc/fstab ] && [ -f "$f" ] || continue
        while read -r s p t o rest; do
        case $s in ''|'#'*) continue ;; esac
        case $t,$o, in swap,*|*,nofail,*|*,noauto,*|*,x-systemd.automount,*) continue ;; esac
        absent "$s" || continue
        if [ -f "$k" ] && awk -v s="$s" -v p="$p" '$1 == s && $2 == p { f = 1 } END { exit !f }' "$k"; then continue; fi
        printf '%s: %s, to be mounted on %s, is not there: without the option nofail the next start would not come to its end\n' "$f" "$s" "$p"
        exit 1
        done <"$f"
        done
        exit 0
        """

    /// What filters the network, in files and in the kernel.
    static let firewall = RestoreArea(
        "firewall",
        paths: [
            "/etc/nftables.conf", "/etc/nftables.d/", "/etc/nftables/", "/etc/ufw/", "/etc/default/ufw",
            "/etc/iptables/", "/etc/firewalld/", "/etc/sysconfig/iptables",
            "/etc/sysconfig/nftables.conf",
        ],
        risk: .high, mayCutConnection: true,
        validators: [
            Validator("nft", "[ ! -f /etc/nftables.conf ] || nft -c -f /etc/nftables.conf"),
            Validator(
                "iptables-restore",
                "[ ! -f /etc/iptables/rules.v4 ] || iptables-restore --test /etc/iptables/rules.v4"),
        ],
        loaders: [
            "ebtables", "firewalld", "ip6tables", "iptables", "netfilter-persistent", "nftables", "shorewall",
            "ufw",
        ].map { $0 + ".service" },
        activation: """
            if systemctl is-active --quiet nftables && [ "$(systemctl show -p LoadState --value nftables)" = loaded ]; then systemctl reload nftables; fi
            if systemctl is-active --quiet firewalld; then firewall-cmd --reload; fi
            if command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then ufw reload; fi
            if systemctl is-active --quiet netfilter-persistent && [ "$(systemctl show -p LoadState --value netfilter-persistent)" = loaded ]; then systemctl reload-or-restart netfilter-persistent; fi
            """)

    /// Debian's crontab checks a table with `-n`, the one of other systems with `-T`; one that can do neither checks nothing.
    ///
    /// Tables of the system name an account where others have a command, which makes no difference to the check. A table
    /// that is as broken now may come back broken.
    private static let crontabs = """
        case $(crontab --help 2>&1) in *'[-n]'*|*' -n '*) o=-n ;; *-T*) o=-T ;; *) exit 0 ;; esac
        while [ $# -gt 1 ]; do
        f=$1 k=$2; shift 2
        case ${f##*/} in *[!A-Za-z0-9_-]*) continue ;; esac
        [ -f "$f" ] || continue
        crontab "$o" "$f" >/dev/null 2>&1 && continue
        if [ -f "$k" ] && ! crontab "$o" "$k" >/dev/null 2>&1; then continue; fi
        printf '%s: %s\\n' "$f" "$(crontab "$o" "$f" 2>&1)"; exit 1
        done
        exit 0
        """
}
