import Basics
import Collectors
import TestSupport
import Testing

@Suite("What tar says of files")
struct FileIssueTests {
    @Test(
        "Lines of GNU and BusyBox tar",
        arguments: [
            ("tar: ./etc/shadow: Cannot open: Permission denied", "/etc/shadow", FileIssue.Kind.denied),
            ("tar: ./etc/x: Warning: Cannot open: Permission denied", "/etc/x", .denied),
            ("tar: ./var/log/a: file changed as we read it", "/var/log/a", .changed),
            ("tar: ./tmp/gone: File removed before we read it", "/tmp/gone", .vanished),
            ("tar: ./srv/door: socket ignored", "/srv/door", .socket),
            ("tar: ./a: b: Cannot stat: Input/output error", "/a: b", .failed),
            ("find: './etc/ssl/private': Permission denied", "/etc/ssl/private", .denied),
            ("find: './a\\'b': No such file or directory", "/a'b", .vanished),
            ("find: './mnt': Input/output error", "/mnt", .failed),
        ])
    func lines(line: String, path: String, kind: FileIssue.Kind) {
        let issue = FileIssue(line: line)
        #expect(issue?.path == path)
        #expect(issue?.kind == kind)
    }

    @Test(
        "A path is what tar wrote or what it escaped",
        arguments: [
            "a\\377\\n\\t\\010b: \\303\\251", "dev-\\\\x2duuid.swap", "q\\\\b", "\\303\\251 \\047\\042 x",
            "plain",
        ])
    func paths(name: String) throws {
        let scratch = try ScratchFolder()
        try Shell.run("cd '\(scratch.path)' && mkdir d && printf x >d/\"$(printf '\(name)')\"")
        let path = try Shell.output("cd '\(scratch.path)/d' && printf '/d/%s' *")
        let told = try Shell.output(
            """
            cd '\(scratch.path)' && LC_ALL=C && export LC_ALL
            for f in ./d/*; do tar -c -f /dev/null --quoting-style=escape "$f/below" 2>&1 || :; done
            """)
        let issues = DeviceText.lines(told).compactMap(FileIssue.init(line:))
        #expect(issues.count == 1 && issues[0].paths.contains(path + "/below".utf8))
        // BusyBox writes the bytes as they are.
        guard !path.contains(0x0A) else { return }
        let raw = DeviceText.string("tar: .".utf8 + path + ": Input/output error".utf8)
        #expect(FileIssue(line: raw)?.paths.contains(path) == true)
    }

    @Test(
        "Other lines name no file",
        arguments: [
            "tar: Exiting with failure status due to previous errors", "sudo: a password is required", "",
            "tar: ", "find: paths must precede expression: `x'", "find: 'a'",
        ])
    func others(line: String) { #expect(FileIssue(line: line) == nil) }
}
