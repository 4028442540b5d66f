/// Lines of configuration that look like those with a secret at a known place; they stay readable to the byte.
extension PlantedSecrets {
    static let plainDirectives = lines + attached + documents

    private static let lines = [
        "user www-data;", "user nginx nginx;", "user = www-data", "User=1000:1000", "user: node:node",
        "user: \"1000:1000\"", "    user: app:app", "user=ann", "user ann on the list > file",
        "-u node:node \\",
        "--user 1000:1000", "user = ann:ann", "USER app:app", "user: ${UID}:${GID}", "User root",
        "MONITOR ups@localhost 1", "MONITOR the ups and its battery closely", "monitor: enabled",
        "password required pam_unix.so", "password requisite pam_pwquality.so",
        "password [success=1] pam_u2f.so",
        "password sufficient pam_krb5.so", "password include common-password", "password must change",
        "Password for root:", "password policy enforced", "password 5 times",
        "password optional pam_gnome_keyring.so",
        "dns cloudflare {env.CF_API_TOKEN}", "dns cloudflare {$CF_TOKEN}", "dns 1.1.1.1 8.8.8.8",
        "dns: 192.168.1.1",
        "acme_dns cloudflare {file./run/secrets/cf}", "dns-nameservers 9.9.9.9", "dns cloudflare works",
        "IncomingUser is a directive", "rootpw --lock", "sentinel monitor mymaster 127.0.0.1 6379 2",
        "sentinel down-after-milliseconds mymaster 30000", "proxy-user = ann",
        "register => 1234@sip.example/1",
        "1 MD5 checksums", "2 SHA256 of the image", "3 hex digits", "1 ascii", "encrypt = true",
        "encrypt: aes256",
        "\"encrypt\": \"always\"", "encrypt = \"yes\"", "ENCRYPT_METHOD SHA512",
        "key-string is set elsewhere",
        "wireless-essid home", "wireless-key is set", "isis password is set", "SQLConnectInfo db@localhost",
        "tokens { } are listed", "BUNDLE_PATH: \"vendor/bundle\"", "BUNDLE_WITHOUT: \"development:test\"",
        "libpython3.11:amd64 1:3.11.2-6+deb12u1", "libssl3:amd64 3.0.17-1~deb12u2", "org.foo:bar:1.2.3-rc1",
        "[12:00] 10:15", "example.org smtp:[relay.example]:25", "relay.example:587 smtp:next",
        "hosts: files dns",
        "nginx.conf root:adm", "0.0.0.0:22 0.0.0.0:*", "127.0.0.1:8080 10.0.0.2:50022",
        "*.example.org:443:10.0.0.1",
        "aa:bb:cc:dd:ee:ff 10.0.0.1", "10.0.0.1 aa:bb:cc:dd:ee:ff", "d-i passwd/make-user boolean false",
        "mysql-server mysql-server/root_password seen true", "# password(s) are kept elsewhere",
        "get_password(user)", "password(length)", "getPassword()", "{password, required}.", "{token, 3600}",
        "if token == nil", "TOKEN ?= ", "test -n \"$TOKEN\" || \"$0\" help",
        "[ -z \"$PASSWORD\" ] || echo set", "token ?? null", "*.* :omfile:$x", "*.* @@logs.example:514",
    ]

    private static let attached = [
        "git@github.com:a/b.git", "npm:string-width@4.2.3", "npm:react@18.2.0", "nginx:1.25@sha256:0f3b6b1e",
        "mailto:ann7x@example.org", "sip:ann12345@sip.example.org", "xmpp:ann7777@chat.example",
        "pkg:deb/curl@7.50.3",
        "rsync -a ann@h.example:/srv /srv", "scp a.txt ann@10.0.0.1:/tmp", "root@10.0.0.1:22",
        "user@host.example:8080",
        "To:ann7777@example.org", "12:30:05@host.example.org", "ssh://git@git.example:2222/a.git",
        "acct:ann123@m.example",
        "ann:sesame@home", "@scope/name@1.2.3", "a:b@c", "name:Ann@x", "/srv/a:b@c.example",
        "https://h.example/?user=ann%40example.org", "https://h/?a=1&username=ann%20b", "user=%u",
        "username=%i",
        "format: %d%f", "width=100%", "50% of users", "user=ann,uid=1000",
    ]

    private static let documents = [
        "cat <<EOF\nhello\nEOF", "cat > /etc/x <<'EOF'\nuser = ann\nport 22\nEOF\npasswd -l ann",
        "sudo tee /etc/x <<EOF\nhello\nEOF", "docker build - <<EOF\nFROM x\nEOF", "ssh h <<EOF\nuptime\nEOF",
        "passwd -l root\ncat <<EOF\nhello\nEOF", "gpg --import <<EOF\nhello\nEOF",
        "mkpasswd -m sha-512 # see below\ncat <<EOF\nhello\nEOF",
        "chpasswd:\n  expire: false\nruncmd:\n  - echo a:b", "chpasswd:\n  expire: true\nhosts:\n  - a:b",
        "basic_auth off\nann word\n", "basicauth {\n}\nann word", "basic_auth_users:\nann: word",
        "[vpn]\nservice-type=x\n[vpn-secrets]\n[ipv4]\nmethod=auto", "tokens\n  a = b",
        "<password hint>\nhash = x",
        #"{"kty":"RSA","n":"0vx7","e":"AQAB","kid":"1"}"#,
        #"{"kty":"EC","crv":"P-256","x":"MKBC","y":"4Etl"}"#,
        #"{"d":"2026-11-29","p":"x","k":"v"}"#, "kty: RSA\nd: x", "K 8\nusername\nV 3\nann",
        "password\nV shape", "superusers are people\npassword quality matters here",
        "A=\"x\ny\" B=z\nC=1", "A_PASSWORD=\nB=one two", "log_format main '$remote_addr'\nuser nginx;",
    ]
}
