/// Configuration that no other section knows: mail, directory, power, monitoring, environment, local scripts,
/// and on Debian every file below `/etc` that differs from what its package brought or that no package
/// brought.
///
/// `dpkg-query` knows the digest of each configuration file as it was packaged; one `md5sum` finds the
/// changed ones. What no package brought is found by comparing `/etc` with the names of these files, as packages
/// bring next to nothing else there; what tools write there by themselves is left out. Scripts and small programs
/// below `/usr/local` count up to one megabyte each. Without `dpkg-query` nobody knows whether the SSH server's moduli
/// are the package's, so that they are read.
/// - SeeAlso: dpkg-query(1), conffiles in deb-conffiles(5)
package enum LocalConfigurationCollector: Collector {
    package static let name = "local-configuration"
    package static let summary =
        "Changed configuration files of packages, local scripts, and configuration of mail, power and monitoring."

    /// The folder that is looked through for what no package brought; under this name a search that failed is told.
    package static let searched = "/etc"

    package static let files = FileSet(
        [
            "/etc/aliases", "/etc/postfix", "/etc/exim4", "/etc/mailname", "/etc/msmtprc", "/etc/nullmailer",
            "/etc/ssmtp",
            "/etc/mail", "/etc/dma", "/etc/opendkim", "/etc/opendkim.conf", "/etc/sssd", "/etc/krb5.conf",
            "/etc/krb5.keytab", "/etc/ldap", "/etc/snmp", "/etc/nut", "/etc/apcupsd", "/etc/collectd",
            "/etc/telegraf",
            "/etc/prometheus", "/etc/grafana", "/etc/zabbix", "/etc/netdata", "/etc/environment",
            "/etc/profile",
            "/etc/profile.d", "/etc/bash.bashrc", "/etc/default", "/etc/sysconfig", "/etc/init.d",
            "/etc/rc.local",
            "/etc/ld.so.conf.d", "/etc/ca-certificates.conf", "/usr/local/share/ca-certificates",
            "/etc/pki/ca-trust/source/anchors", "/etc/polkit-1", "/etc/avahi",
            "/etc/needrestart", "/etc/update-motd.d", "/etc/tuned", "/etc/thermald", "/etc/tlp.conf",
            "/etc/tlp.d",
            "/etc/fancontrol", "/etc/sensors.d", "/etc/sensors3.conf", "/etc/bluetooth", "/etc/cups",
            "/etc/libvirt",
            "/etc/pve", "/etc/vzdump.conf", "/etc/restic", "/etc/borgmatic", "/etc/rsnapshot.conf",
            "/etc/rclone",
            "/etc/rsyncd.conf", "/etc/rsyncd.secrets", "/etc/xdg/autostart",
        ],
        discovery: #"""
            unset IFS
            set +f
            # Status 1 tells of single files that it could not see.
            hf_searched() { [ "$1" -le 1 ] || echo "find: '/etc': the search for files ended with status $1" >&2; }
            if command -v dpkg-query >/dev/null 2>&1; then
            hf_conffiles=$(dpkg-query -W -f='${Conffiles}\n')
            printf '%s\n' "$hf_conffiles" |
            awk '$NF == "obsolete" || $NF == "remove-on-upgrade" { $NF = ""; $0 = $0 } NF == 2 && $2 ~ /^[0-9a-f]+$/ && length($2) == 32 { print $2 "  " $1 }' |
            md5sum -c 2>/dev/null |
            awk '/: FAILED( open or read)?$/ { sub(/: FAILED( open or read)?$/, ""); print "/" $0 }'
            { printf '%s\n' "$hf_conffiles"; echo =
            find /etc ! -path '*
            *' -type f -size -2048 2>/dev/null || hf_searched "$?"; } |
            awk '$0 == "=" { rest = 1; next } !rest { if (NF == 2 || $3 ~ /^(obsolete|remove-on-upgrade)$/) known[$1]; next } $0 in known { next }
            /\.dpkg-|\.ucf-|^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$|^\/etc\/ssl\/certs\// { next }
            $0 !~ /^\/etc\/(ld\.so\.cache|\.pwd\.lock|mailcap|console-setup\/cached_|init\.d\/\.depend\.|\.updated|udev\/hwdb\.bin|apparmor\.d\/cache|\.git\/)/'
            else
            echo /etc/ssh/moduli
            fi
            find /usr/local/bin /usr/local/sbin /usr/local/etc ! -path '*
            *' -type f -size -2048 2>/dev/null || hf_searched "$?"
            """#, overlap: "/etc")
}
