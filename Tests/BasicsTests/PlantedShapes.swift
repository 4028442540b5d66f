/// More places in which secrets lie on real machines; every value is made up.
extension PlantedSecrets {
    static let shapes: [PlantedSecret] =
        environment + markup + commands + headers + files + networks + issued + programs + odd

    private static let environment = [
        PlantedSecret("env, spaces around", "DB_PASSWORD = planted-101", hidden: "planted-101"),
        PlantedSecret("env, comment behind", "DB_PASS='planted 102' # old", hidden: "planted 102"),
        PlantedSecret("env, commented out", "# SMTP_PASSWORD=planted-103", hidden: "planted-103"),
        PlantedSecret("env, hash inside", "ADMIN_PASSWORD=plan#ted-104", hidden: "plan#ted-104", "ted-104"),
        PlantedSecret("env, equals inside", "SECRET_KEY_BASE=planted105==abc=", hidden: "planted105"),
        PlantedSecret("env, dollars inside", "PG_PASS=pl$anted$106", hidden: "anted$106"),
        PlantedSecret("env, continued line", "API_TOKEN=planted\\\n107rest\nPORT=1", hidden: "107rest"),
        PlantedSecret("set of a shell", "set -x DB_PASSWORD planted-108", hidden: "planted-108"),
        PlantedSecret(
            "PGPASSWORD before a command", "PGPASSWORD=planted109 pg_dump app", hidden: "planted109"),
        PlantedSecret("MYSQL_PWD", "MYSQL_PWD=planted110 mysqldump app", hidden: "planted110"),
        PlantedSecret(
            "restic", "RESTIC_PASSWORD=planted111\nB2_ACCOUNT_KEY=planted111b", hidden: "planted111"),
        PlantedSecret("sshpass", "SSHPASS=planted112", hidden: "planted112"),
        PlantedSecret("unit, several", "Environment=\"A=1\" \"DB_PW=planted 113\"", hidden: "planted 113"),
        PlantedSecret("unit, single quotes", "Environment='DB_PASSWORD=planted 114'", hidden: "planted 114"),
        PlantedSecret(
            "unit, credential", "SetCredential=db:planted115\nUser=a", hidden: "planted115"),
        PlantedSecret("Dockerfile", "ENV DB_PASSWORD planted116", hidden: "planted116"),
        PlantedSecret("Dockerfile, ARG", "ARG NPM_TOKEN=planted117", hidden: "planted117"),
        PlantedSecret("compose list, quoted", #"  - "DB_PASSWORD=planted 118""#, hidden: "planted 118"),
        PlantedSecret("compose default", "  DB_PASSWORD: ${DB_PASSWORD:-planted119}", hidden: "planted119"),
        PlantedSecret("compose numeric", "  MYSQL_PASSWORD: 12120120", hidden: "12120120"),
    ]

    private static let markup = [
        PlantedSecret("YAML, flow", "auth: {user: a, password: planted121}", hidden: "planted121"),
        PlantedSecret("YAML, single quotes", "secret: 'planted ''122'''", hidden: "planted ''122"),
        PlantedSecret("YAML, folded", "token: >-\n  planted\n  123rest\nx: 1", hidden: "123rest"),
        PlantedSecret("YAML, next line", "password:\n  planted124\nx: 1", hidden: "planted124"),
        PlantedSecret(
            "YAML list of passwords", "passwords:\n  - planted125\n  - planted125b\nx: 1",
            hidden: "planted125"),
        PlantedSecret("TOML", "password = \"planted126\"", hidden: "planted126"),
        PlantedSecret("TOML, multi-line", "secret = \"\"\"\nplanted\n127rest\n\"\"\"", hidden: "127rest"),
        PlantedSecret(
            "TOML, inline table", "db = { user = \"a\", password = \"planted128\" }", hidden: "planted128"),
        PlantedSecret("INI, colon", "[smtp]\npassword: planted129", hidden: "planted129"),
        PlantedSecret("INI, semicolon comment", "; password=planted130", hidden: "planted130"),
        PlantedSecret("XML element", "<password>planted131</password>", hidden: "planted131"),
        PlantedSecret("XML attribute", "<db user=\"a\" password=\"planted132\"/>", hidden: "planted132"),
        PlantedSecret(
            "XML name and value", "<add key=\"Password\" value=\"planted133\" />", hidden: "planted133"),
        PlantedSecret("plist", "<key>Password</key>\n<string>planted134</string>", hidden: "planted134"),
        PlantedSecret(
            "JSON, nested escape", #"{"log":"{\"password\":\"planted135\"}"}"#, hidden: "planted135"),
        PlantedSecret("JSON, pretty", "{\n  \"secret\":\n    \"planted136\"\n}", hidden: "planted136"),
        PlantedSecret(
            "JSON, name and value", #"{"name": "DB_PASSWORD", "value": "planted137"}"#, hidden: "planted137"),
        PlantedSecret("properties", "spring.datasource.password=planted138", hidden: "planted138"),
        PlantedSecret(
            "connection string", "Server=db;User Id=a;Password=planted139;Encrypt=1", hidden: "planted139"),
        PlantedSecret("DSN words", "host=db user=a password=planted140 dbname=x", hidden: "planted140"),
    ]

    private static let commands = [
        PlantedSecret("curl -u", "curl -sS -u admin:planted141 https://h.example/", hidden: "planted141"),
        PlantedSecret("curl --user", "curl --user 'admin:planted142' h.example", hidden: "planted142"),
        PlantedSecret("curl, joined", "curl -uadmin:planted143 h.example", hidden: "planted143"),
        PlantedSecret("mysql -p", "mysql -u root -pplanted144 app", hidden: "planted144"),
        PlantedSecret("mysqldump -p, quoted", "mysqldump -uroot -p'planted 145' app", hidden: "planted 145"),
        PlantedSecret("sshpass -p", "sshpass -p planted146 ssh a@h.example", hidden: "planted146"),
        PlantedSecret("sshpass, joined", "sshpass -pplanted147 scp x a@h.example:", hidden: "planted147"),
        PlantedSecret("redis-cli -a", "redis-cli -h h -a planted148 ping", hidden: "planted148"),
        PlantedSecret("docker login", "docker login -u a -p planted149 r.example", hidden: "planted149"),
        PlantedSecret("openssl -passin", "openssl rsa -passin pass:planted150 -in k", hidden: "planted150"),
        PlantedSecret("smbclient -U", "smbclient -U 'dom/ann%planted151' //nas/x", hidden: "planted151"),
        PlantedSecret("wget", "wget --http-password=planted152 h.example", hidden: "planted152"),
        PlantedSecret("chpasswd", "echo 'root:planted153' | chpasswd", hidden: "planted153"),
        PlantedSecret("ldapsearch -w", "ldapsearch -D cn=a -w planted154 -b dc=x", hidden: "planted154"),
        PlantedSecret("zip -P", "zip -P planted155 out.zip in", hidden: "planted155"),
        PlantedSecret("SQL", "CREATE USER a IDENTIFIED BY 'planted156';", hidden: "planted156"),
        PlantedSecret("SQL, PostgreSQL", "ALTER ROLE a WITH PASSWORD 'planted157';", hidden: "planted157"),
        PlantedSecret("ssh command line", "ssh a@h.example TOKEN=planted158 /bin/x", hidden: "planted158"),
    ]

    private static let headers = [
        PlantedSecret("Authorization, token", "Authorization: token planted161abc", hidden: "planted161abc"),
        PlantedSecret("Authorization, bare", "Authorization: planted162abcdef", hidden: "planted162abcdef"),
        PlantedSecret("Cookie", "Cookie: sid=planted163; theme=dark", hidden: "planted163"),
        PlantedSecret("Set-Cookie", "Set-Cookie: session=planted164; HttpOnly", hidden: "planted164"),
        PlantedSecret("X-Api-Key", "curl -H 'X-Api-Key: planted165' h.example", hidden: "planted165"),
        PlantedSecret("X-Auth-Token", "X-Auth-Token: planted166", hidden: "planted166"),
        PlantedSecret(
            "nginx, header", "proxy_set_header Authorization \"Basic cGxhbnRlZDE2N2Fh\";",
            hidden: "cGxhbnRlZDE2N2Fh"),
        PlantedSecret("nginx, own header", "proxy_set_header X-Api-Key planted168;", hidden: "planted168"),
        PlantedSecret("URL query", "https://h.example/a?token=planted169&x=1", hidden: "planted169"),
        PlantedSecret("URL query, key", "https://h.example/a?x=1&api_key=planted170", hidden: "planted170"),
        PlantedSecret(
            "signed URL", "https://s3.example/a?X-Amz-Signature=planted171aabb&X-Amz-Date=1",
            hidden: "planted171aabb"),
        PlantedSecret("URL without scheme", "amqp://a:planted172@mq:5672/%2f", hidden: "planted172"),
        PlantedSecret("URL, encoded", "mongodb+srv://a:plan%40ted173@c.example/x", hidden: "ted173"),
        PlantedSecret(
            "ntfy address", "https://ntfy.example/up?auth=cGxhbnRlZDE3NA", hidden: "cGxhbnRlZDE3NA"),
    ]

    private static let files = [
        PlantedSecret("wpa_supplicant, raw", "\tpsk=0123456789abcdefplanted181", hidden: "planted181"),
        PlantedSecret("wpa_supplicant, password", "  password=\"planted182\"", hidden: "planted182"),
        PlantedSecret("hostapd", "wpa_passphrase=planted183", hidden: "planted183"),
        PlantedSecret("hostapd, WEP", "wep_key0=planted184", hidden: "planted184"),
        PlantedSecret(
            "netplan, flow", "access-points: {\"net\": {password: \"planted185\"}}", hidden: "planted185"),
        PlantedSecret("netrc, lines", "machine h\n  login u\n  password planted186", hidden: "planted186"),
        PlantedSecret("netrc, one line", "default login u password planted187", hidden: "planted187"),
        PlantedSecret("pgpass, escaped", "*:*:*:bob:plan\\:ted188", hidden: "ted188"),
        PlantedSecret("my.cnf, quoted", "password = \"planted189\"", hidden: "planted189"),
        PlantedSecret("htpasswd, bcrypt", "bob:$2y$05$planted190abcdefghijkl", hidden: "planted190"),
        PlantedSecret("htpasswd, SHA", "bob:{SHA}cGxhbnRlZDE5MWFiY2Q=", hidden: "cGxhbnRlZDE5MW"),
        PlantedSecret("shadow, yescrypt", "ann:$y$j9T$salt$planted192abcdef:1::::::", hidden: "planted192"),
        PlantedSecret("gshadow", "adm:$6$salt$planted193abcdef::ann", hidden: "planted193"),
        PlantedSecret("msmtprc", "user a\npassword planted194", hidden: "planted194"),
        PlantedSecret("postfix sasl", "[smtp.example]:587 ann:planted195", hidden: "planted195"),
        PlantedSecret(
            "rclone", "[s3]\nsecret_access_key = planted196\npass = planted196b", hidden: "planted196"),
        PlantedSecret(
            "docker config", #"{"auths":{"r.example":{"auth":"cGxhbnRlZDoxOTc="}}}"#,
            hidden: "cGxhbnRlZDoxOTc"),
        PlantedSecret("kubeconfig, key", "    client-key-data: cGxhbnRlZDE5OA==", hidden: "cGxhbnRlZDE5OA"),
        PlantedSecret("kubeconfig, token", "    token: planted199", hidden: "planted199"),
        PlantedSecret(
            "Kubernetes secret", "kind: Secret\ndata:\n  db: cGxhbnRlZDIwMA==\ntype: Opaque",
            hidden: "cGxhbnRlZDIwMA"),
        PlantedSecret("git-credentials", "https://ann:planted201@git.example", hidden: "planted201"),
        PlantedSecret("smb credentials", "username=ann\npassword=planted202", hidden: "planted202"),
        PlantedSecret("ddclient", "login=a, password='planted203' host.example", hidden: "planted203"),
        PlantedSecret("inadyn", "    password = planted204", hidden: "planted204"),
    ]

    private static let networks = [
        PlantedSecret("SNMP community", "rocommunity planted211 10.0.0.0/8", hidden: "planted211"),
        PlantedSecret("SNMP, com2sec", "com2sec local default planted212", hidden: "planted212"),
        PlantedSecret(
            "SNMP v3", "createUser ann SHA \"planted213\" AES \"planted213b\"", hidden: "planted213"),
        PlantedSecret("SNMP, server", "snmp-server community planted214 RO", hidden: "planted214"),
        PlantedSecret("WireGuard, no spaces", "PrivateKey=cGxhbnRlZDIxNQ==", hidden: "cGxhbnRlZDIxNQ"),
        PlantedSecret("wg set", "wg set wg0 preshared-key cGxhbnRlZDIxNg==", hidden: "cGxhbnRlZDIxNg"),
        PlantedSecret("ipsec.secrets", "ann : PSK \"planted217\"", hidden: "planted217"),
        PlantedSecret("ipsec.secrets, xauth", "ann : XAUTH planted218", hidden: "planted218"),
        PlantedSecret("RADIUS", "secret = planted220", hidden: "planted220"),
        PlantedSecret(
            "BIND key", "key \"k\" { algorithm hmac-sha256; secret \"cGxhbnRlZDIyMQ==\"; };",
            hidden: "cGxhbnRlZDIyMQ"),
        PlantedSecret("HAProxy user", "  user ann insecure-password planted222", hidden: "planted222"),
        PlantedSecret("HAProxy stats", "  stats auth ann:planted223", hidden: "planted223"),
        PlantedSecret("keepalived", "    auth_pass planted224", hidden: "planted224"),
        PlantedSecret(
            "Caddy", "  basicauth {\n    ann $2a$14$planted225abcdefghij\n  }", hidden: "planted225"),
        PlantedSecret("Traefik users", "- \"ann:$$apr1$$salt$$planted226abcdef\"", hidden: "planted226"),
        PlantedSecret("mosquitto", "ann:$7$101$salt$planted227abcdef==", hidden: "planted227"),
    ]
}
