import Testing
import Vault

@testable import Restore

@Suite struct PathGuardTests {
    @Test(arguments: [
        "etc/passwd", "/", "", "/etc/../shadow", "/etc/./x", "/etc//x", "/..", "/etc/x/", "/etc/\u{0}x",
        "/" + String(repeating: "a", count: 256),
        String(repeating: "/abcdefgh", count: 500),
    ])
    func `a path that leads elsewhere is refused`(_ path: String) {
        #expect(PathGuard.problem(path: Array(path.utf8)) != nil)
    }

    @Test(arguments: [
        "/etc/passwd", "/a", "/etc/...", "/etc/..x", "/etc/-rf", "/etc/$(touch pwned)", "/etc/a\nb",
    ])
    func `a path that is only odd is taken`(_ path: String) {
        #expect(PathGuard.problem(path: Array(path.utf8)) == nil)
    }

    @Test func `a further name of a file elsewhere is refused`() {
        let entry = FileEntry(
            path: Array("/etc/x".utf8), kind: .hardLink, linkTarget: Array("/etc/../root/.ssh/id".utf8))
        #expect(PathGuard.problem(entry) != nil)
    }
}
