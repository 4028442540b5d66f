import Testing

@testable import Basics

@Suite("Rules of lines")
struct LineRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let shown: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "MONITOR ups@h 1 mon pw primary", shown: "MONITOR ups@h 1 mon ‹hidden› primary"),
        Case(text: "monitor ups@h 1 mon pw MASTER # x", shown: "monitor ups@h 1 mon ‹hidden› MASTER # x"),
        Case(text: "MONITOR ups@h x mon pw primary", shown: "MONITOR ups@h x mon pw primary"),
        Case(text: "user = \"ann:a:b@c\"", shown: "user = \"ann:‹hidden›\""),
        Case(text: "register => ann:a@b@sip.x/1", shown: "register => ann:‹hidden›@sip.x/1"),
        Case(text: "- IncomingUser ann pw", shown: "- IncomingUser ann ‹hidden›"),
        Case(text: "d-i a/b password two words", shown: "d-i a/b password ‹hidden›"),
        Case(
            text: "usmUser 1 3 0x80 a a N .1 pw1 .2 pw2 0x",
            shown: "usmUser 1 3 0x80 a a N .1 ‹hidden› .2 ‹hidden› 0x"),
        Case(text: "user a on >sesame ~* -@all", shown: "user a on >‹hidden› ~* -@all"),
        Case(text: "password ann secretword", shown: "password ann secretword"),
        Case(
            text: "set superusers=ann\npassword ann secretword",
            shown: "set superusers=ann\npassword ann ‹hidden›"),
    ])
    func `hide what the line says is the secret, and nothing else`(_ test: Case) {
        #expect(Redactor().redact(test.text) == test.shown)
    }

    @Test(arguments: [
        Case(
            text: "chpasswd:\n  list: |\n    a:pw\n  b: c\nd:pw",
            shown: "chpasswd:\n  list: |\n    a:‹hidden›\n  b: c\nd:pw"),
        Case(text: "basicauth {\n a pw\n}\nb word", shown: "basicauth {\n a ‹hidden›\n}\nb word"),
        Case(text: "basicauth off\na word", shown: "basicauth off\na word"),
        Case(text: "[vpn-secrets]\nx=pw\n[ipv4]\ny=z", shown: "[vpn-secrets]\nx=‹hidden›\n[ipv4]\ny=z"),
        Case(
            text: "  basic_auth_users:\n    a: pw\n  b: c",
            shown: "  basic_auth_users:\n    a: ‹hidden›\n  b: c"),
    ])
    func `hide the same place in every line of a block, up to its end`(_ test: Case) {
        #expect(Redactor().redact(test.text) == test.shown)
    }

    @Test func `each has a secret and can be found by its first word`() {
        for rule in LineRule.known + BlockRule.known.flatMap(\.lines) {
            let hasSecret = rule.words.contains { word in
                switch word {
                case .marked, .rest: true
                case .oneOf: false
                case .parts(let parts): parts.contains { if case .secret = $0 { true } else { false } }
                }
            }
            #expect(hasSecret, "\(rule)")
        }
        let named = LineRule.byFirst[Int(UInt8(ascii: "M"))].first { $0.name == Array("monitor".utf8) }
        #expect(named?.rules.count == 1)
        #expect(!LineRule.unnamed.isEmpty && LineRule.unnamed.count < LineRule.known.count)
    }
}
