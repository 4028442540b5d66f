import Testing

@testable import Basics

@Suite("Texts of files, judged by their names")
struct RedactorPathTests {
    @Test(arguments: [
        "/etc/ppp/chap-secrets", "/etc/ipsec.secrets", "/etc/postfix/sasl_passwd", "/root/.pgpass",
        "/etc/exim4/passwd.client", "/etc/samba/smbpasswd", "/etc/ntp.keys", "/etc/chrony/chrony.keys",
        "/etc/pgbouncer/userlist.txt", "/etc/hostapd.wpa_psk", "/etc/ha.d/authkeys", "/root/.passwd-s3fs",
        "/etc/davfs2/secrets", "/var/lib/rabbitmq/.erlang.cookie", "/etc/pam_radius_auth.conf",
        "/root/.vnc/passwd", "/root/.config/tigervnc/passwd", "/etc/racoon/psk.txt", "/srv/ha/secrets.yaml",
        "/etc/pve/priv/storage/nas.pw", "/var/lib/zerotier-one/identity.secret", "/etc/hostapd.eap_user",
    ])
    func `a file that is secret as a whole shows its comments only`(_ path: String) {
        let text = "# who and what\n\nann * innocent-looking *\n  bob looks-fine\n"
        #expect(Redactor().redact(text, at: path) == "# who and what\n\n‹hidden›\n‹hidden›\n")
    }

    @Test func `of a table of accounts the hash alone is hidden`() {
        let shown = Redactor().redact(
            "root:*:20228:0:99999:7:::\nann:$y$j9T$abcdefgh$ijklmnop:20228:0:99999:7:::\nbob:!:20228::::::\n"
                + "eve:!$6$salt$hashhashhash:20228:0:99999:7:::\nnew::20228:0:99999:7:::\nold:abJnggxhB/yWI:1::::::\n"
                + "a stray line\n",
            at: "/etc/shadow")
        #expect(
            shown == "root:*:20228:0:99999:7:::\nann:‹hidden›:20228:0:99999:7:::\nbob:!:20228::::::\n"
                + "eve:!‹hidden›:20228:0:99999:7:::\nnew::20228:0:99999:7:::\nold:‹hidden›:1::::::\n‹hidden›\n"
        )
        #expect(Redactor().redact(shown, at: "/etc/shadow") == shown)
        let groups = Redactor().redact(
            "adm:*::ann\nops:$6$salt$hashhash:ann:bob,eve\nx:!::\n", at: "/etc/gshadow-")
        #expect(groups == "adm:*::ann\nops:‹hidden›:ann:bob,eve\nx:!::\n")
    }

    @Test func `other files show what is no secret`() {
        let text = "user=ann\npassword=abcdefgh\n"
        #expect(Redactor().redact(text, at: "/etc/app.conf") == "user=ann\npassword=‹hidden›\n")
    }

    @Test func `a comment that gives a password away is hidden as well`() {
        #expect(
            Redactor().redact("# password=abcdefgh\n", at: "/etc/ipsec.secrets") == "# password=‹hidden›\n")
    }

    @Test func `equal lines have equal marks, others have not`() {
        let marking = Redactor { Array($0.suffix(4)) }
        let lines = marking.redact("ann * aaaa\nbob * bbbb\nann * aaaa", at: "/etc/ppp/chap-secrets")
            .split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == lines[2] && lines[0] != lines[1])
    }

    @Test(arguments: [
        "rocommunity s3cr3tword", "rwcommunity s3cr3tword 10.0.0.0/8", "rocommunity6  s3cr3tword default",
    ])
    func `community strings of snmpd are passwords`(_ line: String) {
        let shown = Redactor().redact(line + "\n")
        #expect(!shown.contains("s3cr3tword") && shown.contains("‹hidden›"), "\(shown)")
    }
}
