import TestSupport
import Testing

/// The secrets that a device holds in real places, in two versions, and the files and stubs around them.
struct PlantedSecrets {
    /// One secret.
    struct Secret: CustomTestStringConvertible, Sendable {
        /// What it is; unique.
        let name: String
        /// The file it lies in on the device, or where the stub of a tool tells it.
        let place: Place
        /// The text around it, in which `§` stands for the value.
        let text: String
        /// How a value is made.
        let shape: Shape

        var testDescription: String { name }

        init(_ name: String, _ path: String, _ text: String, _ shape: Shape = .letters(24)) {
            (self.name, place, self.text, self.shape) = (name, .file(path), text, shape)
        }

        init(_ name: String, in place: Place, _ text: String, _ shape: Shape = .letters(24)) {
            (self.name, self.place, self.text, self.shape) = (name, place, text, shape)
        }

        /// The secret itself, without what stands around it; other in each version.
        func value(_ version: Int) -> String { shape.value(seed: name + String(version)) }

        /// The text that lies on the device.
        func content(_ version: Int) -> String {
            text.split(separator: "§", omittingEmptySubsequences: false).joined(separator: value(version))
        }
    }

    enum Place: Hashable, Sendable {
        case file(String)
        /// `NAME=VALUE` in the environment of the stub's container.
        case containerEnvironment
        /// An argument of its command.
        case containerCommand
        /// `NAME=VALUE` as a label of it.
        case containerLabel
        /// `NAME=VALUE` in the configuration of an LXD instance.
        case instance
        /// A line of a unit that `systemctl cat` shows.
        case unit
    }

    /// How the characters of a secret look.
    enum Shape: Sendable {
        case letters(Int)
        case hex(Int)
        case base64(Int)
        case prefixed(String, Int)
        case suffixed(Int, String)
        /// Three parts of a JSON web token, the last a signature.
        case webToken

        func value(seed: String) -> String {
            var random = Generator(seed)
            return switch self {
            case .letters(let count):
                random.text(count, "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
            case .hex(let count): random.text(count, "0123456789abcdef")
            case .base64(let count): random.text(count - 1, Self.base64) + "="
            case .prefixed(let prefix, let count):
                prefix + random.text(count, Self.base64.filter { !"+/".contains($0) })
            case .suffixed(let count, let suffix): random.text(count, Self.base64) + suffix
            case .webToken:
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI"
                    + random.text(30, Self.base64.filter { !"+/".contains($0) }) + "."
                    + random.text(43, Self.base64.filter { !"+/".contains($0) })
            }
        }

        private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    }

    /// Numbers that look random and are the same in each run.
    private struct Generator {
        private var state: UInt64 = 0xCBF2_9CE4_8422_2325

        init(_ seed: String) {
            for byte in seed.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }

        mutating func text(_ count: Int, _ alphabet: String) -> String {
            let letters = Array(alphabet)
            return String(
                (0..<count).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return letters[Int(state >> 33) % letters.count]
                })
        }
    }

    /// Everything that lies on the device in one version: files by path.
    static func files(_ version: Int) -> [(path: String, text: String)] {
        var texts: [String: String] = [:]
        for secret in all {
            guard case .file(let path) = secret.place else { continue }
            texts[path, default: ""] += secret.content(version) + "\n"
        }
        return texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The stubs that tell the rest.
    static func tools(_ version: Int) -> StubTools {
        func contents(_ place: Place) -> [String] {
            all.filter { $0.place == place }.map { $0.content(version) }
        }
        func pairs(_ place: Place) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: contents(place).map { text in
                    let parts = text.split(separator: "=", maxSplits: 1)
                    return (String(parts[0]), String(parts[1]))
                })
        }
        var tools = StubTools()
        tools.containers = [
            StubTools.Container(
                "shop", environment: contents(.containerEnvironment),
                command: ["server"] + contents(.containerCommand),
                labels: pairs(.containerLabel))
        ]
        let unit =
            "# /etc/systemd/system/told.service\n[Service]\n" + contents(.unit).joined(separator: "\n") + "\n"
        tools.units = [("told.service", unit)]
        tools.instances = [("box", pairs(.instance))]
        return tools
    }

    /// All of them.
    static let all: [Secret] = told + services + networks + tokens + people

    private static let told = [
        Secret("container password", in: .containerEnvironment, "POSTGRES_PASSWORD=§"),
        Secret("container token", in: .containerEnvironment, "API_TOKEN=§", .hex(40)),
        Secret("container URL", in: .containerEnvironment, "DATABASE_URL=postgres://shop:§@db/shop"),
        Secret("container AWS key", in: .containerEnvironment, "AWS_SECRET_ACCESS_KEY=§", .base64(40)),
        Secret("container argument", in: .containerCommand, "--requirepass=§"),
        Secret(
            "container label", in: .containerLabel, "traefik.basicauth.users=ann:§", .prefixed("$2y$05$", 53)),
        Secret("instance environment", in: .instance, "environment.DB_PASSWORD=§"),
        Secret("unit environment", in: .unit, "Environment=TOLD_PASSWORD=§"),
    ]

    private static let services = [
        Secret("compose .env", "/opt/shop/.env", "MYSQL_ROOT_PASSWORD=§"),
        Secret("compose .env quoted", "/opt/shop/.env", "SMTP_PASS=\"§ and more\""),
        Secret(
            "compose list", "/opt/shop/compose.yml",
            "services:\n  web:\n    environment:\n      - ADMIN_PASSWORD=§"),
        Secret("compose map", "/opt/shop/compose.yml", "  api:\n    environment:\n      JWT_SECRET: §"),
        Secret("unit file", "/etc/systemd/system/shop.service", "[Service]\nEnvironment=\"SHOP_SECRET=§\""),
        Secret("unit argument", "/etc/systemd/system/shop.service", "ExecStart=/usr/bin/shop --password=§"),
        Secret(
            "unit drop-in", "/etc/systemd/system/shop.service.d/override.conf",
            "[Service]\nEnvironment=API_KEY=§"),
        Secret("mail password", "/etc/msmtprc", "account default\nuser ann\npassword §"),
        Secret("backup password", "/etc/cron.d/backup", "RESTIC_PASSWORD=§"),
        Secret("crontab URL", "/etc/cron.d/backup", "5 4 * * * root curl https://bot:§@push.example/ping"),
        Secret(
            "nginx bearer", "/etc/nginx/conf.d/site.conf", "proxy_set_header Authorization \"Bearer §\";",
            .letters(40)),
        Secret("nginx users", "/etc/nginx/.htpasswd", "ann:§", .prefixed("$2y$10$", 53)),
        Secret("site key", "/etc/nginx/ssl/site.key", keyBlock("PRIVATE KEY"), .base64(64)),
        Secret(
            "telegraf token", "/etc/telegraf/telegraf.conf", "[[outputs.influxdb_v2]]\n  token = \"§\"",
            .suffixed(86, "==")),
        Secret("snmp community", "/etc/snmp/snmpd.conf", "rocommunity §  10.0.0.0/8"),
        Secret(
            "apt source", "/etc/apt/sources.list.d/shop.list",
            "deb https://ann:§@apt.example/debian stable main"),
    ]

    private static let networks = [
        Secret("WireGuard key", "/etc/wireguard/wg0.conf", "[Interface]\nPrivateKey = §", .base64(44)),
        Secret("WireGuard shared key", "/etc/wireguard/wg0.conf", "[Peer]\nPresharedKey = §", .base64(44)),
        Secret(
            "wifi", "/etc/wpa_supplicant/wpa_supplicant.conf", "network={\n  ssid=\"home\"\n  psk=\"§\"\n}"),
        Secret("wifi hash", "/etc/wpa_supplicant/wpa_supplicant.conf", "network={\n  psk=§\n}", .hex(64)),
        Secret(
            "NetworkManager", "/etc/NetworkManager/system-connections/a.nmconnection",
            "[wifi-security]\npsk=§"),
        Secret(
            "netplan", "/etc/netplan/90-wifi.yaml", "  access-points:\n    \"home\":\n      password: \"§\""),
        Secret("access point", "/etc/hostapd/hostapd.conf", "ssid=home\nwpa_passphrase=§"),
        Secret("PPP", "/etc/ppp/chap-secrets", "ann * \"§\" *"),
        Secret("IPsec", "/etc/ipsec.secrets", "203.0.113.1 : PSK \"§\""),
        Secret(
            "OpenVPN key", "/etc/openvpn/client.conf", "<key>\n" + keyBlock("PRIVATE KEY") + "\n</key>",
            .base64(64)),
    ]

    private static let tokens = [
        Secret(
            "GitHub", "/srv/secrets-of-ann/notes.txt", "the old one was § (revoked?)", .prefixed("ghp_", 36)),
        Secret("GitLab", "/srv/secrets-of-ann/notes.txt", "gitlab § ci", .prefixed("glpat-", 20)),
        Secret(
            "Slack", "/srv/secrets-of-ann/notes.txt", "slack: §",
            .prefixed("xoxb-123456789012-123456789012-", 24)),
        Secret("Stripe", "/srv/secrets-of-ann/notes.txt", "pay with §", .prefixed("sk_live_", 24)),
        Secret("Google", "/srv/secrets-of-ann/notes.txt", "maps § end", .prefixed("AIza", 35)),
        Secret("web token", "/srv/secrets-of-ann/notes.txt", "session § end", .webToken),
        Secret("AWS", "/srv/secrets-of-ann/credentials", "[default]\naws_secret_access_key = §", .base64(40)),
        Secret(
            "npm", "/srv/secrets-of-ann/.npmrc", "//registry.npmjs.org/:_authToken=§", .prefixed("npm_", 36)),
        Secret("netrc", "/srv/secrets-of-ann/.netrc", "machine ftp.example login ann password §"),
        Secret("pgpass", "/srv/secrets-of-ann/.pgpass", "db:5432:*:ann:§"),
        Secret("MySQL", "/srv/secrets-of-ann/.my.cnf", "[client]\nuser=ann\npassword=§"),
        Secret("JSON", "/srv/secrets-of-ann/app.json", "{\"db\": {\"user\": \"ann\", \"password\": \"§\"}}"),
    ]

    private static let people = [
        Secret("password hash", "/etc/shadow", "ann:§:19000:0:99999:7:::", .prefixed("$6$saltsalt$", 86)),
        Secret("login key", "/srv/secrets-of-ann/id_ed25519", keyBlock("OPENSSH PRIVATE KEY"), .base64(70)),
        Secret(
            "Docker login", "/root/.docker/config.json", "{\"auths\": {\"r.example\": {\"auth\": \"§\"}}}",
            .base64(40)),
        Secret("mail relay", "/etc/postfix/sasl_passwd", "[smtp.example]:587 ann@example:§"),
    ]

    private static func keyBlock(_ kind: String) -> String {
        "-----BEGIN \(kind)-----\n§\n-----END \(kind)-----"
    }
}
