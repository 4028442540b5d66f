/// Lines of real configuration files that speak of secrets and hold none; they stay readable to the byte.
extension PlantedSecrets {
    static let readable = systems + servers + containers + deployments + packages

    private static let systems = [
        "passwd:         files systemd", "passwd: files sss [NOTFOUND=return] ldap",
        "#HandlePowerKey=poweroff",
        "HandleRebootKeyLongPress=poweroff", "#HandleSuspendKey=suspend",
        "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so",
        "[credential \"https://source.developers.google.com\"]",
        "# Max number of login retries if password is bad. This will most likely be",
        "# used to change user passwords.  The default is pam_unix.",
        "        passwd=$(getent passwd \"$user\")",
        "LoadCredential=db:/etc/creds/db", "LoadCredentialEncrypted=token:/etc/creds/token.cred",
        "PassEnvironment=LANG TZ", "backup ALL=(ALL) PASSWD: ALL",
        "Defaults passwd_tries=3, passwd_timeout=0",
        "pwd_expiration_warning = 7", "kpasswd\t\t464/tcp",
        "private_key\t= $dir/private/cakey.pem# The private key",
        "secret = # disable PBM", "keyUsage = nonRepudiation, digitalSignature, keyEncipherment",
        "authorityKeyIdentifier=keyid,issuer", "   m<Key>I:\t\tno-op(r)",
        "#    jdk.tls.keyLimits=AES/GCM KeyUpdate 2^37",
        "auth required pam_google_authenticator.so secret=/var/lib/x/${USER} nullok",
        "keyStorePassword=<keystore-password>", "<privateKey>/path/to/private/key</privateKey>",
        "# ssl.need.client.auth=true|false", "secret =\n# a comment\nname = x",
        "token:\n\n  # none yet\n\nport: 80",
        "password: # none\nuser: bob", "throw new Error(\"token missing\");", "return \"password required!\"",
    ]

    private static let servers = [
        "limit_req_zone $binary_remote_addr zone=token:10m rate=5r/s;",
        "smtp_sasl_password_maps = hash:/etc/postfix/x",
        "lmtp_sasl_password_maps =", "mysqli.default_pw =", "auth_mechanisms = plain login",
        "ssl_key = </etc/dovecot/private/dovecot.key", "default_pass_scheme = SHA512-CRYPT",
        "ServerTokens Prod",
        "SSLPassPhraseDialog exec:/usr/share/apache2/ask-for-passphrase",
        "SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1",
        "RewriteRule ^/token/(.*)$ /t.php?token=$1 [L]",
        "user default on nopass ~* +@all", "auth-user-pass /etc/openvpn/up", "secret static.key",
        "session.cookie_samesite = Lax", "token_rotation_interval_minutes = 10",
        "api_key_max_seconds_to_live = -1",
        "header_up Authorization {header.Authorization}", "header_up X-Auth-Token {env.TOKEN}",
        "bob {$BOB_HASH}",
        "proxy_set_header Authorization \"\";", "fwd: { address: \"http://auth:9091/api/verify\" }",
        "auth: { basicAuth: { usersFile: /etc/traefik/users, removeHeader: true } }", "cache_key: user:{id}",
        "SELECT password FROM users WHERE token = $1;", "key: value", "hash_key = \"id\"",
    ]

    private static let containers = [
        "      API_TOKEN: ${API_TOKEN:?required}", "DB_PASSWORD=${DB_PASSWORD:-}",
        "TOKEN: ${TOKEN:-${OTHER}}",
        "MYSQL_ALLOW_EMPTY_PASSWORD: \"true\"", "TOKEN ?= $(shell cat .token)",
        ".PHONY: token\ntoken: gen\nsecret: key\nkey: ; openssl genrsa -out key 4096", "PASSWORD=\"$1\"",
        "case \"$1\" in --password) PASSWORD=$2; shift 2;; --token=*) TOKEN=${1#*=};; esac", "PASS=0; FAIL=0",
        "KEY=\"${KEY:-}\"", "curl -H \"Authorization: Bearer $TOKEN\" https://x",
        "mysqldump --password=\"$PW\" db",
        "apiKey: { type: apiKey, in: header, name: X-Api-Key }", "token = { version = \"1.0\" }",
        "password: { type: string, format: password, minLength: 8 }",
        "sudo x login --password PASSWORD --token TOKEN",
    ]

    private static let deployments = [
        "permissions: { id-token: write, contents: read }", "TOKEN: ${{ secrets.GITHUB_TOKEN }}",
        "with: { persist-credentials: false, token: \"${{ secrets.PAT }}\" }",
        "key: ${{ runner.os }}-${{ hashFiles('go.sum') }}", "restore-keys: ${{ runner.os }}-",
        "token: \"{{ lookup('env', 'TOKEN') }}\"", "  password = var.db_password",
        "  kms_key_id = aws_kms_key.x.arn",
        "user: { name: bob, password: \"{{ pw | password_hash('sha512') }}\", update_password: on_create }",
        "resource \"aws_dynamodb_table\" \"t\" { hash_key = \"id\", range_key = \"ts\" }",
        "tags = { Key = \"Name\", Value = \"web\", secret = \"no\" }",
        "authorized_key: { user: bob, key: \"{{ lookup('file', 'id.pub') }}\", state: present }",
    ]

    private static let packages = [
        #""dependencies": { "jsonwebtoken": "^9.0.2", "csrf-token": "1.0.0", "secret": "1.0.0-rc.1", "password": "~2.1.0" }"#,
        "secretstorage==3.3.3", "django-auth==1.0", "token==2.0", "password-strength>=0.0.3",
        #"{"login":{"password":"Password","passwordHint":"At least 12 characters","token":"Token","apiKey":"API key"}}"#,
        #""test:auth": "jest auth""#, "auth = [\"token\", \"secret\"]",
        "password: \"Please enter your password\"", "secret: \"Your secret has expired.\"",
    ]
}
