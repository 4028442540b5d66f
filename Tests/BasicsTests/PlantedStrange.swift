/// Secrets whose own marks mean something elsewhere, and tokens that begin as their service has it; every value is made up.
extension PlantedSecrets {
    static let strange: [PlantedTable] = [addresses, words, calls, services]

    private static let addresses: PlantedTable = [
        "slash first":
            "DATABASE_URL=postgres://app:«/LYk7Co9c8iYAhhTxy9AGCkOmLdKOur1OcE9f+a0Oo8=»@db:5432/app",
        "hash first": "DATABASE_URL=postgres://app:«#p8%AVRaT&ao@Ejv»@db:5432/app",
        "several at signs": "proxy_pass http://u:«@1%#MIEGbD@u!QEU»@b/;",
        "question mark": #"url = "mysql2://u:«?Zu4Q8x*d9{FE<S;»@h/x""#,
        "two addresses": "redis://:«pw1a@x/»@h1:6379,redis://:«pw2a»@h2:6379",
        "scope of a package": "https://u:«pw1a»@h.example/@scope/pkg",
        "equals sign, Go": #"servers = ["u:«gW7eHcbbW5M=F*Hew^Bj»@tcp(127.0.0.1:3306)/"]"#,
    ]

    private static let words: PlantedTable = [
        "semicolon in a list": #""args": ["--token", "«ab;q~nj{C)HA)#»"]"#,
        "semicolon in a command": #"command: ["redis-server", "--requirepass", "«ab;lZ>yvcG7[?»"]"#,
        "dash in a list": #"args = ["--token", "«-yN9J7ndf9uJSn1VPxJHXiA39gwBRdX_»"]"#,
        "slash in a list": #""args": ["--api-key", "«/GQFwP7mdgtAexfehgbai5ld/iYl2hc/»"]"#,
        "haproxy": " stats auth a:«abc1&YU1Y4b68dZrB^»",
        "snmpd": "createUser v SHA «abc1&A@Nx#1^CZ» AES «mdnFFt3O@Utlbjyb»",
        "echo with a pipe": #"echo "«v>TmNgQ#>pN-=^F|»" | docker login --password-stdin"#,
        "account with a pipe": #"echo "u:«fJQ%Z:0P~|EQQi3»" | chpasswd"#,
        "read": #"read -s PW <<< "«bluebird»""#,
        "Redis, sign in": "AUTH «hunter2Xq»",
        "Redis, set": "CONFIG SET requirepass «bluebird»",
        "Composer": #"{"github-oauth":{"github.com":"«hunter2Xq»"}}"#,
        "Apache": "SetEnv DB_PASSWORD «abc2;XffDJ|!S06|N»",
    ]

    private static let calls: PlantedTable = [
        "default of a variable": #"token = os.getenv("TOKEN", default="«bluebird»")"#,
        "curl in a list": #"subprocess.run(["curl", "-u", "u:«bluebird»", "h"])"#,
        "list behind a program": #"spawn("sshpass", ["-p", "«bluebird»", "ssh"]);"#,
        "login": #"server.login("u@h", "«bluebird»")"#,
        "MQTT": #"client.username_pw_set("u", "«bluebird»")"#,
        "SSH": #"ssh.connect("h", 22, "u", "«bluebird»")"#,
        "MySQL, C": #"mysql_real_connect(c, "h", "u", "«bluebird»", "d", 0, 0, 0);"#,
        "Fernet": #"f = Fernet(b"«bluebird»")"#,
        "JWT": #"jwt.encode(p, "«bluebird»", algorithm="HS256")"#,
        "HMAC": #"hmac.new(b"«bluebird»", msg, "sha256")"#,
        "mail": #"smtp.PlainAuth("", "u", "«bluebird»", "h")"#,
        "Wi-Fi": #"WiFi.begin("net", "«bluebird»");"#,
        "sessions": #"store := sessions.NewCookieStore([]byte("«bluebird»"))"#,
        "some, Rust": #".basic_auth("u", Some("«bluebird»"))"#,
    ]

    private static let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2"
    private static let digits = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d"
    private static let services: PlantedTable = [
        "Google client": "see «GOCSPX-»\(body)", "Google refresh": "see «1//0»\(body)",
        "Groq": "see «gsk_»\(body)",
        "xAI": "see «xai-»\(body)", "Perplexity": "see «pplx-»\(body)", "Tavily": "see «tvly-»\(body)",
        "Replicate": "see «r8_»\(body)", "Notion": "see «ntn_»\(body)", "Bitbucket": "see «ATBB»\(body)",
        "runner": "see «GR1348941»\(body)", "Supabase": "see «sbp_»\(digits)",
        "PlanetScale": "see «pscale_tkn_»\(body)",
        "New Relic": "see «NRAK-»\(body)", "Sentry": "see «sntryu_»\(digits)",
        "gems": "see «rubygems_»\(digits)",
        "NuGet": "see «oy2»\(body)", "Buildkite": "see «bkua_»\(digits)", "CircleCI": "see «CCIPAT_»\(body)",
        "Pulumi": "see «pul-»\(digits)", "Fly": "see «fo1_»\(body)", "Netlify": "see «nfp_»\(body)",
        "Square": "see «sq0atp-»\(body)", "1Password": "see «ops_eyJ»\(body)",
        "Artifactory": "see «AKCp8»\(body)",
        "ntfy": "see «tk_»\(body)", "Twilio": "see «SK»\(digits)", "Firecrawl": "see «fc-»\(digits)",
        "Discord": "see «MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs0a»",
    ]

    static let plainStrange = [
        "AUTH LOGIN", "AUTH CRAM-MD5", "read -s PW", "echo \"a|b\" | sort",
        "http://h:8080/path?x=a@b.c", "https://h.example/a:b@c", "tk_window_get_current_state_of_all",
        "fc-list -f x",
        "\"args\": [\"--token\", \"--verbose\", \"-v\"]", "socket.connect(\"h\", \"80\")",
        "login(\"ann\", \"password\")",
        "createHmac(\"sha256\", secret)", "a list \"names\": [ of words, and more",
        "SKIP-0123", "pul-requests-are-welcome-in-this-repository",
    ]
}
