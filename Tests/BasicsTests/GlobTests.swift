import Basics
import Testing

@Suite("Shell patterns")
struct GlobTests {
    @Test(
        "Patterns of names",
        arguments: [
            ("*.conf", "a.conf", true), ("*.conf", "a.conf.bak", false), ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]]x", "]x", true), ("a[b", "a[b", true),
            ("\\*", "*", true), ("\\*", "x", false), ("", "", true), ("*", "", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXcYb", false), ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
        ])
    func names(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text.utf8) == matches)
    }

    @Test("A star crosses folders only where it may")
    func folders() {
        #expect(Glob("/etc/*").matches("/etc/a/b".utf8))
        #expect(!Glob("/etc/*", crossesFolders: false).matches("/etc/a/b".utf8))
        #expect(Glob("/etc/*/b", crossesFolders: false).matches("/etc/a/b".utf8))
        #expect(!Glob("/etc?b", crossesFolders: false).matches("/etc/b".utf8))
    }

    @Test("Names that are no text")
    func bytes() { #expect(Glob("a*z").matches([0x61, 0xFF, 0x0A, 0x7A])) }
}
