import Basics
import Testing

@Suite("Excerpts of what devices say")
struct ExcerptTests {
    @Test(arguments: [
        (Array(repeating: UInt8(0), count: 5000), "\0 (5000 times)"),
        (Array("\n\nThis account is closed\nbye".utf8), "This account is closed"),
        (Array("=====================\n".utf8), "= (21 times)"),
        (Array("aaaaaaaaaaaaaaa".utf8), "aaaaaaaaaaaaaaa"),
        (Array("---- x".utf8), "---- x"),
    ])
    func `a run is told once`(_ bytes: [UInt8], _ said: String) {
        #expect(Excerpt.firstLine(of: bytes) == said)
    }

    @Test func `what is long is cut`() {
        #expect(Excerpt.firstLine(of: []) == nil)
        #expect(Excerpt.firstLine(of: Array("ab".utf8) + Array(repeating: 0x63, count: 900))?.count == 200)
        #expect(Excerpt.readable("short /etc/x") == "short /etc/x")
        let path = "/srv/" + String(repeating: "x", count: 500) + ".conf"
        let text = Excerpt.readable("\(path) may only be read by root")
        #expect(text.hasPrefix("/srv/xxx") && text.hasSuffix("x.conf may only be read by root"))
        #expect(text.count == 120 + " may only be read by root".count)
        #expect(Excerpt.readable(String(repeating: "word ", count: 1000)).count == 1000)
    }
}
