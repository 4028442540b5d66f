import Collectors
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
        "Other lines name no file",
        arguments: [
            "tar: Exiting with failure status due to previous errors", "sudo: a password is required", "",
            "tar: ", "find: paths must precede expression: `x'", "find: 'a'",
        ])
    func others(line: String) { #expect(FileIssue(line: line) == nil) }
}
