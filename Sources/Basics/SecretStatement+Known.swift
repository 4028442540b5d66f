/// The programs and directives that are known to be told secrets.
extension SecretStatement {
    static let all: [SecretStatement] =
        options + parts + operands + readers + directives

    private static let colon = UInt8(ascii: ":")
    private static let percent = UInt8(ascii: "%")

    private static func each(_ words: [String], _ grammar: Grammar) -> [SecretStatement] {
        words.map { SecretStatement($0, grammar) }
    }

    private static func option(_ words: [String], _ options: [String], joined: [String] = [])
        -> [SecretStatement]
    { each(words, .option(options, joined: joined, after: nil)) }

    private static let options: [SecretStatement] =
        option(
            [
                "mysql", "mysqldump", "mysqladmin", "mysqlcheck", "mysqlimport", "mysqlshow", "mysqlslap",
                "mysqlpump", "mysqlbinlog", "mysql_upgrade", "mariadb", "mariadb-dump", "mariadb-admin",
                "mariadb-check", "mycli",
            ], [], joined: ["-p"])
        + each(["mysqladmin", "mariadb-admin"], .option(["password"], joined: [], after: nil))
        + option(["vncviewer"], ["-passwd"])
        + option(["sshpass"], ["-p"], joined: ["-p"])
        + option(["redis-cli", "valkey-cli"], ["-a"])
        + each(
            [
                "docker", "podman", "nerdctl", "helm", "skopeo", "buildah", "crane", "oras", "oc", "az", "cf",
                "ibmcloud",
            ], .option(["-p"], joined: [], after: "login"))
        + option(
            [
                "mongo", "mongosh", "mongodump", "mongorestore", "influx", "cqlsh", "cypher-shell", "twine",
                "ncftpput", "ncftpget", "ncftpls", "yt-dlp", "youtube-dl", "rdesktop", "check_mysql",
                "check_pgsql", "ipmipower", "ipmiconsole", "ipmi-sensors", "ipmi-sel", "ipmi-chassis",
                "ipmi-fru",
                "ipmi-config", "bmc-info",
            ], ["-p"])
        + option(
            [
                "ldapsearch", "ldapmodify", "ldapadd", "ldapwhoami", "ldappasswd", "ldapdelete",
                "ldapcompare",
                "ldapmodrdn", "ldapexop", "kadmin", "kadmin.local",
            ], ["-w"], joined: ["-w"])
        + option(
            [
                "zip", "unzip", "ipmitool", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr", "sqlcmd", "bcp",
                "osql", "tsql", "check_ldap",
            ], ["-P"])
        + option(
            [
                "snmpwalk", "snmpget", "snmpset", "snmpbulkwalk", "snmpbulkget", "snmpgetnext", "snmptable",
                "snmptrap", "snmpinform", "snmpdf", "snmpstatus", "snmpdelta", "snmptest", "snmpnetstat",
            ], ["-c", "-A", "-X"])
        + option(["check_snmp"], ["-C", "-A", "-X"])
        + option(["openssl"], ["-k", "-K"])
        + option(["7z", "7za", "7zr", "7zz"], [], joined: ["-p"])
        + option(["rar", "unrar"], [], joined: ["-p", "-hp"])
        + option(["xfreerdp", "xfreerdp3", "wlfreerdp", "freerdp"], [], joined: ["/p:", "-p:"])
        + option(["sendemail", "sendEmail"], ["-xp"])
        + option(["swaks"], ["-ap"])
        + option(["x11vnc"], ["-passwd"])
        + option(["hdparm"], ["--security-unlock", "--security-set-pass", "--security-disable"])
        + option(["erl", "iex", "elixir", "werl"], ["-setcookie", "--cookie"])
        + option(["influx"], ["-password"])
        + option(["keytool", "jarsigner"], ["-storepass", "-keypass", "-srcstorepass", "-deststorepass"])
        + option(["caddy"], ["--plaintext", "-plaintext"])
        + option(["addprinc", "add_principal", "cpw", "change_password", "nodetool"], ["-pw"])

    private static let parts: [SecretStatement] =
        each(["curl"], .part(colon, ["-u", "-U", "--user", "--proxy-user"], after: nil))
        + each(["curl"], .part(UInt8(ascii: "="), ["-b", "--cookie"], after: nil))
        + each(["http", "https", "xh", "xhs", "hey"], .part(colon, ["-a", "--auth"], after: nil))
        + each(["check_http", "check_curl"], .part(colon, ["-a", "-b"], after: nil))
        + each(["ab"], .part(colon, ["-A", "-P"], after: nil))
        + each(["etcdctl"], .part(colon, ["--user"], after: nil))
        + each(["cache_peer"], .part(colon, ["login="], after: nil))
        + each(["lftp"], .part(UInt8(ascii: ","), ["-u", "--user"], after: nil))
        + each(["kubectl", "oc"], .part(UInt8(ascii: "="), ["--from-literal"], after: "secret"))
        + each(
            ["smbclient", "rpcclient", "mount.cifs", "smbget", "smbcacls", "net", "samba-tool"],
            .part(percent, ["-U", "--user"], after: nil))
        + each(["wbinfo"], .part(percent, ["-a", "--authenticate"], after: nil))
        + each(["nsupdate", "dig", "delv", "mdig"], .lastPart(["-y"]))

    private static let operands: [SecretStatement] =
        [
            SecretStatement("htpasswd", .batch(valued: ["-C", "-r"])),
            SecretStatement("mosquitto_passwd", .batch(valued: ["-H", "-I"])),
            SecretStatement("smbclient", .distant("//", 1)),
            SecretStatement("composer", .distant("http-basic.", 2)),
            SecretStatement("poetry", .distant("http-basic.", 2)),
        ] + each(["sqlplus", "expdp", "impdp", "sqlldr"], .slashed)
        + ([
            ("openssl", .init([0], of: 1...1, after: ["passwd"], valued: ["-salt", "-in"])),
            ("mkpasswd", .init([0], of: 1...1, valued: ["-m", "-S", "-R", "-P"])),
            ("radtest", .init([1, 4], of: 5...7, valued: ["-d", "-t", "-P"])),
            ("radclient", .init([2], of: 3...3, valued: ["-c", "-d", "-D", "-f", "-n", "-p", "-r", "-t"])),
            ("wpa_passphrase", .init([1], of: 2...2)),
            ("rabbitmqctl", .init([1], of: 2...2, after: ["add_user"], valued: ["-n", "-t"])),
            ("rabbitmqctl", .init([1], of: 2...2, after: ["change_password"], valued: ["-n", "-t"])),
            ("rabbitmqctl", .init([1], of: 2...2, after: ["authenticate_user"], valued: ["-n", "-t"])),
            ("samba-tool", .init([1], of: 2...2, after: ["user", "create"])),
            ("samba-tool", .init([1], of: 2...2, after: ["user", "add"])),
            ("vault", .init([0], of: 1...1, after: ["login"])),
            ("vault", .init([0], of: 1...1, after: ["unseal"])),
            ("cf", .init([1], of: 2...2, after: ["auth"])),
            ("mc", .init([3], of: 4...4, after: ["alias", "set"], valued: ["--api", "--path"])),
            ("mc", .init([3], of: 4...4, after: ["host", "add"], valued: ["--api", "--lookup"])),
            ("rclone", .init([0], of: 1...1, after: ["obscure"])),
            ("ansible-vault", .init([0], of: 1...1, after: ["encrypt_string"], valued: ["--name", "-n"])),
            ("pro", .init([0], of: 1...1, after: ["attach"], least: 16)),
            ("ua", .init([0], of: 1...1, after: ["attach"], least: 16)),
            ("cloudflared", .init([0], of: 1...1, after: ["service", "install"], least: 12)),
            ("ConvertTo-SecureString", .init([0], of: 1...1)),
            ("AUTH", .init([0], of: 1...1, least: 9)),
            ("ngrok", .init([0], of: 1...1, after: ["authtoken"], least: 12)),
            ("ngrok", .init([0], of: 1...1, after: ["add-authtoken"], least: 12)),
        ] as [(String, Operands)]).map { SecretStatement($0.0, .operands($0.1)) }
        + each(["useradd", "usermod", "adduser"], .long(["-p"], least: 4))

    /// What reads a secret from its standard input.
    private static let readers: [SecretStatement] =
        each(["chpasswd", "chgpasswd"], .echoed)
        + each(
            [
                "cryptsetup", "kinit", "systemd-creds", "restic", "ecryptfs-add-passphrase", "vncpasswd",
            ], .piped([]))
        + each(["read"], .piped(["-s", "-rs", "-sr"]))
        + each(["sudo"], .piped(["-S", "-kS", "-Sk", "--stdin"]))
        + each(["passwd"], .piped(["--stdin"]))
        + each(["htpasswd"], .piped(["-i", "-ni", "-ci", "-Bi", "-iB", "-niB", "-nBi", "-ciB", "-cBi"]))
        + each(
            ["docker", "podman", "nerdctl", "buildah", "skopeo", "crane", "oras"],
            .piped(["--password-stdin"]))
        + each(["docker", "podman"], .piped(["secret"]))
        + each(["helm", "argocd", "az"], .piped(["--password-stdin"]))
        + each(["gpg", "gpg2"], .piped(["--passphrase-fd"]))
        + each(["zfs"], .piped(["load-key", "mount", "change-key"]))
        + each(["smbpasswd"], .piped(["-s"])) + each(["pdbedit"], .piped(["-t"]))
        + each(["mkpasswd"], .piped(["-s", "--stdin"]))
        + each(["openconnect"], .piped(["--passwd-on-stdin"]))
        + each(["veracrypt"], .piped(["--stdin"])) + each(["gh"], .piped(["--with-token"]))
        + each(["wg"], .piped(["pubkey"])) + each(["su"], .piped(["-", "-c", "root"]))
        + each(["openssl"], .piped(["stdin"]))
        + each(["echo", "printf"], .spoken) + each(["send"], .answer)

    private static let directives: [SecretStatement] =
        each(["socks4", "socks5", "http", "https"], .proxy)
        + each(["com2sec", "com2sec6"], .places([2]))
        + each(["IDENTIFIED", "identified"], .identified)
        + each(["mysqli_connect", "mysql_connect", "mysqli", "PDO", "DBI->connect"], .argument(2))
        + each(["getConnection"], .argument(2))
        + each(
            [
                "Fernet", "NewCookieStore", "HMAC256", "HMAC384", "HMAC512", "jwt.encode", "jwt.decode",
                "jwt.verify",
                "SignedString", "setBearerAuth", "TelegramBot", "telegram.Bot", "NewBotAPI",
                "password_verify", "hmac.new",
            ], .text(0))
        + each(
            [
                "login", "username_pw_set", "WiFi.begin", "UsernamePasswordCredentials",
                "PasswordAuthentication",
                "setBasicAuth", "SetBasicAuth", "createHmac", "ftp_login", "ldap_bind", "basic_auth",
                "createClient",
                "pbkdf2_hmac",
            ], .text(1))
        + each(["connect", "mysql_real_connect", "Sequelize", "PlainAuth"], .text(2))
        + each(
            ["NetworkCredential", "jwt.sign", "SetBasicAuth", "basic_auth", "pscredential]::new"],
            .argument(1))
        + each(["bearer_auth", "bearerAuth"], .argument(0))
        + each(["INSERT", "insert", "REPLACE", "replace"], .inserted)
        + each(["PSK", "XAUTH", "EAP"], .behindColon)
        + each(["RSA", "ECDSA", "P12", "PKCS8", "PKCS12"], .quotedBehindColon)
        + each(["radius-server", "tacacs-server"], .keyed(["key"]))
        + [
            SecretStatement("wg", .keyword(["private-key", "preshared-key"])),
            SecretStatement("nmcli", .keyword(["password", "wifi-sec.psk", "802-11-wireless-security.psk"])),
            SecretStatement("iwconfig", .keyword(["key"])),
            SecretStatement("enable", .coded(["secret", "password"])),
            SecretStatement("username", .coded(["secret", "password"])),
            SecretStatement("IPSec", .coded(["secret"])), SecretStatement("Xauth", .coded(["password"])),
            SecretStatement("snmp-server", .keyword(["community"])),
            SecretStatement("neighbor", .keyed(["password"])),
            SecretStatement("ip", .keyed(["md5", "authentication-key"])),
            SecretStatement("createUser", .places([2, 4])), SecretStatement("stats", .afterColon(1)),
            SecretStatement("allow", .account), SecretStatement("secure_link_md5", .places([0])),
        ]
}
