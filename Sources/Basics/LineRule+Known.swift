/// The lines and blocks that are known to hold secrets without a telling name before them.
extension LineRule {
    static let known = (accounts + services + networks + mail).map { LineRule($0) } + contextual

    private static let accounts = [
        "user= %:!", "user|-u|--user: %:?", "proxy-user|-U|--proxy-user: %:!", "user|setuser % &",
        "register => %:!@%", "SQLConnectInfo % % !", "LDAPBindDN|LDAPDNInfo % !",
        "IncomingUser|OutgoingUser % !", "MONITOR % # % ! primary|secondary|master|slave",
        "password % ?", "password # ?", "set password for % = !", "set password for % % = !",
        "rootpw --plaintext|--iscrypted|--allow-ssh !",
        "usmUser # # % % % % % ! % ! …",
    ]

    private static let services = [
        "$user#$=!", "login|enable|pap|chap|arap|opap= cleartext|des !", "sentinel auth-pass % !",
        "secure_link_md5 !", "-setcookie !", "unseal|recovery key #: !",
        "acl setuser % &", "config set requirepass|masterauth !",
        """
        dns|acme_dns cloudflare|digitalocean|hetzner|gandi|duckdns|linode|vultr|netlify|porkbun|desec|dnspod|\
        dnsimple|powerdns|njalla|infomaniak|ionos|dynv6|netcup|bunny|he|metaname|mailinabox|loopia|scaleway ?
        """, "% %/% password !…", "% :ommysql:%,%,%,!", "% :ompgsql:%,%,%,!", "bundle_%: %:?",
    ]

    private static let networks = [
        "authCommunity % !", "crypto isakmp key ! address …", "crypto isakmp key # ! address …",
        "ppp chap|pap password !", "ppp chap|pap password # !", "wpa-psk ascii|hex # !",
        "option key|key1|key2|key3|key4 !", "snmp-server user % % v3 auth % ! …",
        "snmp-server user % % v3 auth % % priv % !", "snmp-server user % % v3 auth % % priv % # !",
        "wireless-key|wireless-key1|wireless-key2|wireless-key3|wireless-key4 !", "isis password clear|md5 !",
        "wireless-key|wireless-key1|wireless-key2|wireless-key3|wireless-key4 ! restricted|open",
        "com2sec|com2sec6 -cn % % % !", "createuser -e % % % ! …", "createuser -e % % % ! % !",
        "area-password|domain-password clear|md5 ! …", "ip rip authentication string !", "key-string !",
        "key-string # !", "key 0|5|6|7|8 ?", "# hex:!", "# ascii:!",
        "# MD5|SHA|SHA1|SHA256|SHA384|SHA512|AES128|AES256|AES128CMAC|RMD160 ?",
        "# MD5|SHA|SHA1|SHA256|SHA384|SHA512|AES128|AES256 hex:!",
        "# MD5|SHA|SHA1|SHA256|SHA384|SHA512|AES128|AES256 ascii:!",
    ]

    private static let mail = [
        "%.%:%@%:!", "*.%:%:?", "*:%:?", "%.% %@%:!", "%.%:# %:?", "[%.%]:% %:!",
    ]

    private static let contextual = [
        LineRule("password % !", in: "superusers"), LineRule("%:#:!:[% …", in: ":LCT-"),
    ]
}

extension BlockRule {
    static let known: [BlockRule] = [
        BlockRule(["basicauth", "basic_auth"], until: .brace, "% !"),
        BlockRule(["basic_auth_users:"], until: .indent, "%: !"),
        BlockRule(["chpasswd:"], until: .indent, "%:!", "- %:!"),
        BlockRule(["tokens"], until: .brace, "% = !"),
        BlockRule(["[vpn-secrets]"], until: .text("["), "%=!", "% = !"),
        BlockRule(["<pass"], until: .text("</"), "hash = !"),
    ]
}
