import Testing

@testable import Basics

@Suite struct ContinuedLinesTests {
    private let redactor = Redactor()

    @Test(arguments: [
        "PASSWORD=\\\nplanted7secret\n", "export DB_PASSWORD=\\\r\n  planted7secret\r\n",
        "db.password \\\n   =planted7secret\n", "db.password = \\\n   planted7secret\n",
        "ExecStart=/usr/bin/app --password \\\n  planted7secret img\n",
        "curl -u \\\n admin:planted7secret \\\n https://h/\n", "mysql --user=a \\\n -pplanted7secret db\n",
        "sshpass -p \\\n planted7secret ssh h\n",
    ]) func `a secret behind a continued line is hidden`(_ text: String) {
        let shown = redactor.redact(text)
        #expect(!shown.contains("planted7secret"), "\(shown)")
        #expect(redactor.redact(shown) == shown)
    }

    @Test(arguments: [
        "docker run \\\n  --name web \\\n  -p 80:80 \\\n  nginx:1.25\n",
        "PATHS=/usr/bin:\\\n/usr/local/bin\n",
        "a \\\\\nPASS\n", "Environment=LANG=C \\\n  TERM=linux\n", "\\\n\\\n\\",
    ]) func `what is harmless stays`(_ text: String) { #expect(redactor.redact(text) == text) }

    @Test func `offsets stay`() {
        let text = Array("a \\\nb \\\r\nc \\x \\\\\nd".utf8)
        #expect(ContinuedLines.joined(text) == Array("a   b    c \\x \\\\\nd".utf8))
        #expect(ContinuedLines.joined(Array("a\nb".utf8)) == nil)
    }
}
