/// Secrets that issuers made recognisable, and those inside programs; every value is made up.
extension PlantedSecrets {
    private static let body = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"

    static let issued = [
        PlantedSecret("AWS, temporary", "ASIAPLANTED301ABCDEF", hidden: "ASIAPLANTED301"),
        PlantedSecret(
            "AWS session token", "aws_session_token=IQoJb3JpZ2luplanted302//abc", hidden: "planted302"),
        PlantedSecret(
            "GCP service account",
            #""private_key": "-----BEGIN PRIVATE KEY-----\nplanted303\n-----END PRIVATE KEY-----\n""#,
            hidden: "planted303"),
        PlantedSecret(
            "Azure storage", "AccountName=a;AccountKey=cGxhbnRlZDMwNA==;EndpointSuffix=x",
            hidden: "cGxhbnRlZDMwNA"),
        PlantedSecret(
            "Azure SAS", "https://a.blob.example/c?sv=2024&sig=planted305abc%3D&se=1", hidden: "planted305abc"
        ),
        PlantedSecret(
            "Azure client secret", "x abc8Q~planted306plantedplantedplantedpla", hidden: "planted306"),
        PlantedSecret("GitHub, fine-grained", "github_pat_\(body)", hidden: body),
        PlantedSecret("GitHub app", "ghs_\(body)", hidden: body),
        PlantedSecret("GitLab runner", "glrt-\(body)", hidden: body),
        PlantedSecret("Slack app", "xapp-1-\(body)", hidden: body),
        PlantedSecret(
            "Slack webhook", "https://hooks.slack.com/services/T000/B000/planted311", hidden: "planted311"),
        PlantedSecret("Stripe, restricted", "rk_live_\(body)", hidden: body),
        PlantedSecret("npm", "npm_\(body)", hidden: body),
        PlantedSecret("PyPI", "pypi-AgEI\(body)", hidden: body),
        PlantedSecret("Tailscale", "tailscale up --authkey tskey-auth-k\(body)", hidden: body),
        PlantedSecret("Cloudflare token", "dns_cloudflare_api_token = planted316", hidden: "planted316"),
        PlantedSecret("Cloudflare global key", "CF_API_KEY=planted317", hidden: "planted317"),
        PlantedSecret(
            "Cloudflare tunnel", "cloudflared tunnel run --token eyJhIjoicGxhbnRlZDMxOCJ9",
            hidden: "cGxhbnRlZDMxOC"),
        PlantedSecret("Hetzner", "HCLOUD_TOKEN=planted319\(body)", hidden: "planted319"),
        PlantedSecret("DigitalOcean", "dop_v1_\(body)\(body)", hidden: body),
        PlantedSecret("Docker Hub", "dckr_pat_\(body)", hidden: body),
        PlantedSecret("OpenAI", "sk-proj-\(body)", hidden: body),
        PlantedSecret("Anthropic", "sk-ant-api03-\(body)", hidden: body),
        PlantedSecret("Hugging Face", "hf_\(body)", hidden: body),
        PlantedSecret("SendGrid", "SG.\(body).\(body)", hidden: body),
        PlantedSecret(
            "Mailgun", "key-0123456789abcdef0123456789planted".replacingPlanted,
            hidden: "0123456789abcdef0123456789"),
        PlantedSecret("Twilio", "TWILIO_AUTH_TOKEN=planted327", hidden: "planted327"),
        PlantedSecret(
            "Discord webhook", "https://discord.com/api/webhooks/1/planted328", hidden: "planted328"),
        PlantedSecret("Grafana", "glsa_\(body)", hidden: body),
        PlantedSecret(
            "Home Assistant", "ha: eyJ0eXAiOiJKV1Qi.eyJpc3MiOiJwbGFudGVk.c2lnbmF0dXJl", hidden: "eyJpc3Mi"),
        PlantedSecret(
            "Proxmox token", "PVEAPIToken=root@pam!a=01234567-89ab-cdef-0123-456789abc331",
            hidden: "456789abc331"),
        PlantedSecret("Terraform", "abcdefghij1234.atlasv1.\(body)", hidden: body),
        PlantedSecret("Doppler", "dp.st.dev.\(body)", hidden: body),
        PlantedSecret("age key", "AGE-SECRET-KEY-1\(body.uppercased())AAAAAA", hidden: body.uppercased()),
        PlantedSecret(
            "PGP key",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYplanted335\n-----END PGP PRIVATE KEY BLOCK-----",
            hidden: "planted335"),
        PlantedSecret(
            "encrypted PEM",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nplanted336\n-----END RSA PRIVATE KEY-----",
            hidden: "planted336"),
        PlantedSecret(
            "PuTTY key",
            "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nplanted337AAAA\nPrivate-MAC: ab",
            hidden: "planted337"),
    ]

    static let programs = [
        PlantedSecret("PHP define", "define('DB_PASSWORD', 'planted401');", hidden: "planted401"),
        PlantedSecret(
            "PHP define, double quotes", "define( \"AUTH_KEY\", \"planted 402 |x\" );", hidden: "planted 402"),
        PlantedSecret("PHP array", "'password' => 'planted403',", hidden: "planted403"),
        PlantedSecret("PHP variable", "$dbpass = 'planted404';", hidden: "planted404"),
        PlantedSecret("PHP array element", "$CONFIG['dbpassword'] = 'planted405';", hidden: "planted405"),
        PlantedSecret("Python constant", "SECRET_KEY = 'planted406'", hidden: "planted406"),
        PlantedSecret("Python dict", "'PASSWORD': 'planted407', 'HOST': 'x'", hidden: "planted407"),
        PlantedSecret("Python default", "os.environ.get('DB_PASSWORD', 'planted408')", hidden: "planted408"),
        PlantedSecret("Python keyword", "connect(user='a', password='planted409')", hidden: "planted409"),
        PlantedSecret("JavaScript", "const apiKey = \"planted410\";", hidden: "planted410"),
        PlantedSecret("JavaScript template", "token: `planted411`,", hidden: "planted411"),
        PlantedSecret("Lua", "password = [[planted412]]", hidden: "planted412"),
        PlantedSecret("Perl", "my $password = q{planted413};", hidden: "planted413"),
        PlantedSecret("HCL", "  secret_key = \"planted414\"", hidden: "planted414"),
        PlantedSecret("Ruby", ":password => \"planted415\"", hidden: "planted415"),
        PlantedSecret("Ansible", "ansible_become_pass: planted416", hidden: "planted416"),
        PlantedSecret("Go", "Password: \"planted417\",", hidden: "planted417"),
    ]

    static let odd = [
        PlantedSecret("prose", "The password is: planted501", hidden: "planted501"),
        PlantedSecret("comment in a script", "# password for admin: planted502", hidden: "planted502"),
        PlantedSecret("comment, slashes", "// token: planted503", hidden: "planted503"),
        PlantedSecret("diff line", "-DB_PASSWORD=planted504\n+DB_PASSWORD=planted504b", hidden: "planted504"),
        PlantedSecret("line feeds of Windows", "PASSWORD=planted505\r\nPORT=1\r\n", hidden: "planted505"),
        PlantedSecret("line with a tab", "PASSWORD\tplanted506", hidden: "planted506"),
        PlantedSecret("file name", "/srv/backup?token=planted507/x", hidden: "planted507"),
        PlantedSecret("file name with assignment", "/tmp/db_password=planted508.txt", hidden: "planted508"),
        PlantedSecret(
            "split over lines", "Authorization: Bearer \\\n  planted509abcdef", hidden: "planted509abcdef"),
        PlantedSecret(
            "upper-case flag", "ExecStart=/bin/x --DB-PASSWORD \"planted 510\"", hidden: "planted 510"),
        PlantedSecret("two on a line", "A_TOKEN=planted511 B_TOKEN=planted511b", hidden: "planted511"),
        PlantedSecret(
            "two in JSON", #"{"password":"planted512","token":"planted512b"}"#, hidden: "planted512"),
    ]
}

extension String {
    /// Without the word that only marks the value in other rows.
    fileprivate var replacingPlanted: String { String(dropLast("planted".count)) + "012345" }
}
