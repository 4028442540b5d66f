/// More texts that look like secrets and are none; they stay readable to the byte.
extension PlantedSecrets {
    static let harmless: [String] = prose + numbers + settings + places + doubtful

    private static let prose = [
        "The password policy asks for 12 characters.", "# Passwords are kept in the vault, never here.",
        "Your password expires in 30 days", "Enter the password for root:", "Forgot your password?",
        "password must be changed every 90 days", "# a token is described in the handbook, page 3",
        "Token refresh took 3 ms", "token expired at 2026-11-21T09:30:00Z",
        "no secret is stored on this machine",
        "secrets are mounted below /run/secrets", "the key to good backups is a test",
        "Failed password for root from 10.0.0.2 port 50022 ssh2",
        "pam_unix(sudo:auth): authentication failure",
        "Basic authentication is switched off", "Bearer tokens are refused", "bearer of good news today",
        "auth: disabled", "authentication: none", "This cookie policy explains how we use cookies.",
        "key: value pairs are separated by commas", "API keys are rotated by the operator",
    ]

    /// Words that are secret in other places, and what programs say about files with telling names.
    private static let doubtful = [
        "pwd", "pwd -P", "cd /srv && pwd", "PWD=/root", "OLDPWD=/srv/x", "pwd: /srv/app", "DIR=$(pwd)",
        "PWD=$(pwd -P)", "PWD=\"$PWD\"", "pwd=~/x", #"{"pwd": "/srv/app"}"#, #"{"PWD": "/root"}"#,
        "The community edition is free.", "community support is welcome here", "- community edition",
        "# community edition", "set community 65000:100 additive", "community: 65000:100",
        "neighbor 10.0.0.1 send-community both", "bgp community-list standard x permit 65000:1",
        "match community x", "community: https://forum.example/", "our community grows",
        "enable password authentication", "systemctl enable secret-sync", "enable secret rotation",
        "username or password wrong", "sudo vipw", "# the client tells the server a secret",
        "client server secret\nann * word *", "cat: /root/key: Permission denied",
        "/root/key: No such file or directory", "open /srv/secret: Operation not permitted; left out",
        "/etc/app/token: Input/output error, and more", "(/root/key: Is a directory)",
        "tar: ./password: Stale file handle", "key: No such device or address",
    ]

    private static let numbers = [
        "etag \"33a64df551425fcc55e4d42a148795d9f25f89d4\"", "md5 d41d8cd98f00b204e9800998ecf8427e",
        "sha512-Z7Qb1ppXzSRDuQDcRMUDJGsMzgyRdJyLGk9d1Vq4nZC0oAHjzMjH1IYHMJ2yQTDFJ4jqCpLRcTmNAcLwMqgWTg==",
        "npm integrity sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "4b825dc (HEAD -> main) docs: keys of the map",
        "Fingerprint=9D:52:4C:8A:8F:0E:3B:1D:0A:0D:5F:11:00:22:44:66:88:AA:CC:EE",
        "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        "pub rsa4096 2024-01-01 [SC] 0xA2D3F4B5C6E7F809",
        "2001:db8:85a3::8a2e:370:7334", "ff:ff:ff:ff:ff:ff", "tcp 0.0.0.0:5432 0.0.0.0:*",
        "PARTLABEL=root UUID=2e24ec82-9d52-4c8a-8f0e-3b1d0a0d5f11",
        "machine-id 0123456789abcdef0123456789abcdef",
        "boot_id=123e4567-e89b-12d3-a456-426614174000", "build 6.1.0-40-amd64 #1 SMP 6.1.153-1 (2025-09-20)",
        "docker 20.10.24+dfsg1-1+b3 amd64", "libssl3:amd64 3.0.17-1~deb12u2", "python3-keyring 23.9.3-2",
        "passwd 1:4.13+dfsg1-1+b1", "libpam-modules 1.5.2-6+deb12u1", "keyutils 1.6.3-2",
        "gnome-keyring 42.1-1",
    ]

    private static let settings = [
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "<auth-user-pass>\nann\n</auth-user-pass>", "bob:{PLAIN}:1000", "curl -d '{\"name\":\"ann\"}' h",
        "grub.pbkdf2 is a hash", "Basic\\ words", "a * b \"",
        "password_encryption = scram-sha-256", "PASS_MAX_DAYS\t99999", "PASS_MIN_LEN 8",
        "token_ttl = 3600", "api_key_file: /etc/app/key", "secretName: web-tls", "secret_name=db",
        "HostKey /etc/ssh/ssh_host_ed25519_key", "AuthorizedKeysFile .ssh/authorized_keys",
        "ssl_certificate_key /etc/nginx/tls/site.key;", "auth_basic \"Members\";",
        "auth_basic_user_file /etc/nginx/.htpasswd;", "proxy_set_header Host $host;",
        "proxy_set_header Authorization $http_authorization;", "proxy_set_header Cookie $http_cookie;",
        "fastcgi_pass unix:/run/php/php8.2-fpm.sock;", "PASSWORD=", "DB_PASSWORD=\"\"", "password: null",
        "password: ~", "TOKEN=${TOKEN}", "- DB_PASSWORD", "PASSWORD=$DB_PASSWORD",
        "password: \"{{ vault_db }}\"",
        "GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/gf", "SSH_AUTH_SOCK=/tmp/ssh-x/agent.1",
        "ALL ALL=(ALL) NOPASSWD: ALL", "Defaults passwd_tries=3", "key_buffer_size = 16M", "primary_key: id",
        "sort_key=name", "KeyboardInteractiveAuthentication no", "compose.project: pass-through",
        "bob:x:1000:1000:Bob,,,:/home/bob:/bin/bash", "adm:*::", "daemon:*:19000:0:99999:7:::",
        "mysql -u root -p app", "ssh -p 2222 root@h.example", "docker run -p 8080:80 nginx",
        "mkdir -p /srv/app",
        "curl -u admin h.example", "useradd -u 1000 -p x", "rsync -aP a/ b/", "tar -xpf a.tar",
    ]

    private static let places = [
        "/etc/cryptsetup-keys.d/root.key", "/var/lib/private/app", "/usr/share/keyrings/docker.gpg",
        "/home/ann/passwords-howto.md", "/usr/lib/python3/dist-packages/secretstorage/__init__.py",
        "https://example.org/docs/tokens?page=2", "https://h.example/a?sort=key&x=1",
        "http://[2001:db8::1]:8080/",
        "file:///etc/keys", "s3://bucket/key/name", "https://example.org/reset-password",
        "image: vaultwarden/server:1.32.0", "container_name: keycloak",
        "oci:registry.example/token-service:2",
    ]
}
