/// Secrets that issuers made recognisable, and those inside programs; every value is made up.
extension PlantedSecrets {
    private static let body = "«A1b2»C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"

    static let issues = [issued, programs, odd]

    private static let issued: PlantedTable = [
        "AWS, temporary": "«ASIAPLANTED301»ABCDEF",
        "AWS session token": "aws_session_token=IQoJb3JpZ2lu«planted302»//abc",
        "GCP service account":
            #""private_key": "-----BEGIN PRIVATE KEY-----\n«planted303»\n-----END PRIVATE KEY-----\n""#,
        "Azure storage": "AccountName=a;AccountKey=«cGxhbnRlZDMwNA»==;EndpointSuffix=x",
        "Azure SAS": "https://a.blob.example/c?sv=2024&sig=«planted305abc»%3D&se=1",
        "Azure client secret": "x abc8Q~«planted306»plantedplantedplantedpla",
        "GitHub, fine-grained": "github_pat_\(body)",
        "GitHub app": "ghs_\(body)",
        "GitLab runner": "glrt-\(body)",
        "Slack app": "xapp-1-\(body)",
        "Slack webhook": "https://hooks.slack.com/services/T000/B000/«planted311»",
        "Stripe, restricted": "rk_live_\(body)",
        "npm": "npm_\(body)",
        "PyPI": "pypi-AgEI\(body)",
        "Tailscale": "tailscale up --authkey tskey-auth-k\(body)",
        "Cloudflare token": "dns_cloudflare_api_token = «planted316»",
        "Cloudflare global key": "CF_API_KEY=«planted317»",
        "Cloudflare tunnel": "cloudflared tunnel run --token eyJhIjoi«cGxhbnRlZDMxOC»J9",
        "Hetzner": "HCLOUD_TOKEN=«planted319»\(body)",
        "DigitalOcean": "dop_v1_\(body)\(body)",
        "Docker Hub": "dckr_pat_\(body)",
        "OpenAI": "sk-proj-\(body)",
        "Anthropic": "sk-ant-api03-\(body)",
        "Hugging Face": "hf_\(body)",
        "SendGrid": "SG.\(body).\(body)",
        "Mailgun": "key-«0123456789abcdef0123456789»012345",
        "Twilio": "TWILIO_AUTH_TOKEN=«planted327»",
        "Discord webhook": "https://discord.com/api/webhooks/1/«planted328»",
        "Grafana": "glsa_\(body)",
        "Home Assistant": "ha: eyJ0eXAiOiJKV1Qi.«eyJpc3Mi»OiJwbGFudGVk.c2lnbmF0dXJl",
        "Proxmox token": "PVEAPIToken=root@pam!a=01234567-89ab-cdef-0123-«456789abc331»",
        "Terraform": "abcdefghij1234.atlasv1.\(body)",
        "Doppler": "dp.st.dev.\(body)",
        "age key": "AGE-SECRET-KEY-1\(body.uppercased())AAAAAA",
        "PGP key":
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY«planted335»\n-----END PGP PRIVATE KEY BLOCK-----",
        "encrypted PEM":
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n«planted336»\n-----END RSA PRIVATE KEY-----",
        "PuTTY key":
            "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n«planted337»AAAA\nPrivate-MAC: ab",
        "PuTTY keys, two":
            "\nPrivate-Lines: 1\n«planted338»AA\nPrivate-MAC: ab\n\nPrivate-Lines: 1\n«planted339»AA\nPrivate-MAC: ab",
    ]

    private static let programs: PlantedTable = [
        "PHP define": "define('DB_PASSWORD', '«planted401»');",
        "PHP define, double quotes": "define( \"AUTH_KEY\", \"«planted 402» |x\" );",
        "PHP array": "'password' => '«planted403»',",
        "PHP variable": "$dbpass = '«planted404»';",
        "PHP array element": "$CONFIG['dbpassword'] = '«planted405»';",
        "Python constant": "SECRET_KEY = '«planted406»'",
        "Python dict": "'PASSWORD': '«planted407»', 'HOST': 'x'",
        "Python default": "os.environ.get('DB_PASSWORD', '«planted408»')",
        "Python keyword": "connect(user='a', password='«planted409»')",
        "JavaScript": "const apiKey = \"«planted410»\";",
        "JavaScript template": "token: `«planted411»`,",
        "Lua": "password = [[«planted412»]]",
        "Perl": "my $password = q{«planted413»};",
        "HCL": "  secret_key = \"«planted414»\"",
        "Ruby": ":password => \"«planted415»\"",
        "Ansible": "ansible_become_pass: «planted416»",
        "Go": "Password: \"«planted417»\",",
    ]

    private static let odd: PlantedTable = [
        "OpenVPN static key":
            "-----BEGIN OpenVPN Static key V1-----\n«00aa11»bb\n«22cc33»\n-----END OpenVPN Static key V1-----",
        "OpenVPN client key":
            "-----BEGIN OpenVPN tls-crypt-v2 client key-----\n«planted515»\n-----END OpenVPN tls-crypt-v2 client key-----",
        "OpenVPN account": "<auth-user-pass>\nann\n«planted516»\n</auth-user-pass>",
        "JSON in a command": #"curl -d '{"password":"«planted517»"}' https://h/"#,
        "JSON in a variable": #"CFG='{"token": "«planted518»"}'"#,
        "JSON in a command, escaped": #"curl -d "{\"password\": \"«planted519»\"}" https://h/"#,
        "haproxy": "http-request set-header Authorization Basic\\ «cGxhbnRlZDo1MjAx»",
        "dovecot": "bob:{PLAIN}«planted521»:1000:1000::/home/bob",
        "dovecot, hashed": "bob:{SSHA256}«cGxhbnRlZDUyMg»==:1000",
        "GRUB": "password_pbkdf2 ann grub.pbkdf2.sha512.10000.«planted523».AB12",
        "prose": "The password is: «planted501»",
        "comment in a script": "# password for admin: «planted502»",
        "comment, slashes": "// token: «planted503»",
        "diff line": "-DB_PASSWORD=«planted504»\n+DB_PASSWORD=«planted504»b",
        "line feeds of Windows": "PASSWORD=«planted505»\r\nPORT=1\r\n",
        "line with a tab": "PASSWORD\t«planted506»",
        "file name": "/srv/backup?token=«planted507»/x",
        "file name with assignment": "/tmp/db_password=«planted508».txt",
        "split over lines": "Authorization: Bearer \\\n  «planted509abcdef»",
        "upper-case flag": "ExecStart=/bin/x --DB-PASSWORD \"«planted 510»\"",
        "two on a line": "A_TOKEN=«planted511» B_TOKEN=«planted511»b",
        "two in JSON": #"{"password":"«planted512»","token":"«planted512»b"}"#,
    ]
}
