import Basics
import Testing

@Suite("A word of a shell in a command that is shown")
struct ShellWordTests {
    @Test(arguments: [
        ("web1", "web1"), ("/etc/nginx/sites-enabled/a.conf", "/etc/nginx/sites-enabled/a.conf"),
        ("latest:web1", "latest:web1"), ("a=b,c+d@e%f", "a=b,c+d@e%f"), ("", "''"), ("a b", "'a b'"),
        ("$(reboot)", "'$(reboot)'"), ("`reboot`", "'`reboot`'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#),
        ("a\\b", #"'a\b'"#), ("*", "'*'"), ("~root", "'~root'"), ("a;b", "'a;b'"), ("ü", "'ü'"),
        ("#x", "'#x'"),
    ])
    func quoting(_ text: String, _ word: String) { #expect(text.shellWord == word) }
}
