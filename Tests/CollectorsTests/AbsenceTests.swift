import Basics
import TestSupport
import Testing

@testable import Collectors

@Suite struct AbsenceTests {
    private func reason(_ errors: String) -> SectionVerdict {
        let capture = Capture(outcome: .absent, errors: Array(errors.utf8))
        return SectionVerdict(
            probes: [Probe("list", tool: "docker", isRequired: true, script: "docker ps")],
            captures: Captures(["list": capture]), user: "root")
    }

    @Test(arguments: [
        ("", "docker is not installed"), ("sh: 3: docker: not found\n", "docker is not installed"),
        ("there is a docker client, and no engine\n", "there is a docker client, and no engine"),
        ("\nfirst\nmore\n", "first"),
    ])
    func `an absent section says in the probe's own words why`(errors: String, expected: String) {
        let verdict = reason(errors)
        #expect(verdict.status == .absent && verdict.reason == expected)
    }

    @Test func `an instance daemon that does not run is no absent one`() throws {
        let scratch = try ScratchFolder()
        let socket = scratch.path + "/lxd/unix.socket"
        let probe = try #require(
            InstanceDaemon.probes(client: "lxc", sockets: [socket], folderVariable: "X").first)
        func run() -> (status: Int32, errors: String) {
            let said = try? Shell.output("( \(probe.script)\n) 2>&1; printf ' %s' $?")
            let words = String(decoding: said ?? [], as: UTF8.self).split(separator: " ")
            return (words.last.flatMap { Int32($0) } ?? -1, words.dropLast().joined(separator: " "))
        }
        #expect(run() == (127, "it was never set up: its daemon has no socket\n"))
        try Shell.run("mkdir -p '\(scratch.path)/lxd/database'")
        #expect(run() == (1, "its daemon does not run\n"))
    }
}
