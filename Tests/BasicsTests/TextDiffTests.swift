import Basics
import Testing

@Suite("Differences of texts")
struct TextDiffTests {
    private func diff(_ old: String, _ new: String, context: Int = 3) -> [String]? {
        TextDiff.unified(Array(old.utf8), Array(new.utf8), context: context)
    }

    @Test("Equal texts have none")
    func equal() { #expect(diff("a\nb\n", "a\nb\n") == []) }

    @Test("A changed line stands between its neighbours")
    func changed() {
        #expect(diff("a\nb\nc\n", "a\nx\nc\n") == ["@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"])
    }

    @Test("Far changes make hunks of their own")
    func hunks() {
        let lines = (1...20).map(String.init)
        let old = lines.joined(separator: "\n") + "\n"
        let new = lines.map { $0 == "2" || $0 == "18" ? "x" : $0 }.joined(separator: "\n") + "\n"
        #expect(
            diff(old, new, context: 1) == [
                "@@ -1,3 +1,3 @@", " 1", "-2", "+x", " 3", "@@ -17,3 +17,3 @@", " 17", "-18", "+x", " 19",
            ])
    }

    @Test("A missing last line feed is a difference")
    func lastLine() { #expect(diff("a\n", "a")?.isEmpty == false) }

    @Test("From nothing, to nothing")
    func empty() {
        #expect(diff("", "a\nb\n") == ["@@ -1,0 +1,2 @@", "+a", "+b"])
        #expect(diff("a\n", "") == ["@@ -1,1 +1,0 @@", "-a"])
    }

    @Test("What is no text is not compared")
    func binary() {
        #expect(TextDiff.unified([0], [1]) == nil)
        #expect(TextDiff.unified([0xFF], [0x41]) == nil)
    }

    @Test func `lines that end as on Windows are lines`() {
        let old = Array("a\r\nb\r\nc\r\n".utf8)
        let new = Array("a\r\nx\r\nc\r\n".utf8)
        #expect(TextDiff.unified(old, new, context: 0) == ["@@ -2,1 +2,1 @@", "-b\r", "+x\r"])
    }
}
