import Basics
import TestSupport
import Testing
import Vault

@testable import Restore

/// The programs of a run with stand-ins for the tools they call.
@Suite(.timeLimit(.minutes(5))) struct RunProgramsTests {
    /// Takes options and names as `getopt` does, and knows the units that have a file in `known`.
    private static let systemctl = """
        #!/bin/sh
        verb= names= rest=
        for a do
        if [ -n "$rest" ]; then names="$names $a"; continue; fi
        case $a in
        --) rest=1 ;;
        --quiet|--now|--no-pager|--no-block|--lines=5) ;;
        -*) echo "$verb: invalid option -- '$a'" >&2; exit 1 ;;
        *) if [ -n "$verb" ]; then names="$names $a"; else verb=$a; fi ;;
        esac
        done
        echo "$verb$names" >>"$HF_TEST/called"
        for n in $names; do
        [ ! -e "$HF_TEST/known/$n" ] || continue
        case $verb in
        is-enabled) echo "Failed to get unit file state for $n: No such file or directory" >&2; exit 1 ;;
        enable|disable) echo "Failed to $verb unit: Unit file $n does not exist." >&2; exit 1 ;;
        esac
        done
        case $verb in
        is-failed) [ -e "$HF_TEST/known/failed" ] || exit 1 ;;
        is-active) exit 3 ;;
        esac

        """

    private static let analyze = """
        #!/bin/sh
        shift
        while [ $# -gt 1 ]; do case $1 in --) shift; break ;; -*) shift ;; *) break ;; esac; done
        [ $# -gt 0 ] || exit 1
        for a do
        case $a in -*) echo "invalid option" >&2; exit 1 ;; esac
        case ${a##*/} in *[!A-Za-z0-9:_.@\\\\-]*) echo "Failed to prepare filename $a: Invalid argument"; exit 1 ;; esac
        done

        """

    /// What a program of the run did.
    private struct Said {
        var text = ""
        var called: [String] = []
        var notes: [String: [String]] = [:]
    }

    private func run(
        _ program: String, of steps: [RestoreStep], units: [String] = [], idle: [String] = []
    ) throws -> Said {
        let scratch = try ScratchFolder()
        let folder = scratch.path
        let scripts = RunScripts(
            run: .random(), operations: SwapOperations([], run: .random(), wanted: [:], present: [:]),
            steps: steps, patience: 60, settling: 0, accounts: AccountEdit())
        for (name, text) in scripts.files { try TestFiles.write(text, to: "\(folder)/\(name)") }
        try Shell.run("mkdir '\(folder)/bin' '\(folder)/known'")
        // A program that this process still writes cannot be run: others copy it.
        try TestFiles.write(Array(Self.systemctl.utf8), to: "\(folder)/systemctl")
        try TestFiles.write(Array(Self.analyze.utf8), to: "\(folder)/systemd-analyze")
        for unit in units { try TestFiles.write([], to: "\(folder)/known/\(unit)") }
        try TestFiles.write(Array(idle.map { $0 + "\n" }.joined().utf8), to: "\(folder)/idle-before")
        let own = """

            D='\(folder)' HF_TEST='\(folder)' PATH='\(folder)/bin':$PATH
            export HF_TEST
            hf_systemd() { return 0; }

            """
        try Shell.run(
            "cd '\(folder)'; cp systemctl systemd-analyze bin; chmod 755 bin/*; cat >>lib <<'END'\(own)END\n: >called"
        )
        let text = try Shell.output("/bin/sh '\(folder)/\(program)' 2>&1; echo \"status $?\"")
        func lines(_ name: String) throws -> [String] {
            DeviceText.lines(try Shell.output("cat '\(folder)/\(name)' 2>/dev/null || :"))
        }
        return Said(
            text: String(decoding: text, as: UTF8.self), called: try lines("called"),
            notes: ["as-before": try lines("as-before"), "not-done": try lines("not-done")])
    }

    @Test(arguments: ["hf_replace 0 \"$P/a\" \"$P/new\" \"$P/old\"", "hf_remove 0 \"$P/a\" \"$P/old\""])
    func `a folder that was none goes only where it was counted`(call: String) throws {
        let scripts = RunScripts(
            run: .random(), operations: SwapOperations([], run: .random(), wanted: [:], present: [:]),
            steps: [], patience: 60, settling: 0, accounts: AccountEdit())
        let library = try #require(scripts.files.first { $0.name == "lib" }).text
        func end(_ before: String, _ counting: String = "") throws -> (text: String, left: String) {
            let scratch = try ScratchFolder()
            let folder = scratch.path
            let own = "\nD='\(folder)' P='\(folder)/place'\n\(counting)\n\(call)\n"
            try TestFiles.write(library + Array(own.utf8), to: "\(folder)/program")
            try Shell.run("mkdir '\(folder)/place' && cd '\(folder)/place' && echo n >new && \(before)")
            let text = try Shell.output("/bin/sh '\(folder)/program' 2>&1; echo \"status $?\"")
            let left = try Shell.output("cd '\(folder)/place' && find . -type f | sort | tr '\\n' ' '")
            return (
                String(decoding: text, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? "",
                String(decoding: left, as: UTF8.self)
            )
        }
        let refused = try end("mkdir a && echo x >a/theirs")
        #expect(refused.text == "status 1" && refused.left == "./a/theirs ./new ")
        let counted = try end("mkdir a && echo x >a/theirs", "hf_whole 2 \"$P/a\" \"$P/a\"")
        #expect(counted.text == "status 0" && counted.left.contains("./old/theirs"))
        let file = try end("echo x >a")
        #expect(file.text == "status 0" && file.left.contains("./old "))
        let link = try end("mkdir ../other && echo x >../other/theirs && ln -s ../other a")
        #expect(link.text == "status 0")
    }

    private func unit(_ name: String, from: String, to: String) -> RestoreStep {
        RestoreStep(
            action: .unit, subject: Array(name.utf8), section: "systemd-units", what: [], risk: .medium,
            areas: ["units"], from: from, to: to)
    }

    private func file(_ path: String) -> RestoreStep {
        RestoreStep(
            action: .create, subject: Array(path.utf8), section: "systemd-units", what: [], risk: .medium,
            areas: ["units"])
    }

    @Test(arguments: ["-rf.service", "-Hevil@10.0.0.9.service", "--now.service"])
    func `a unit whose name begins with a dash is a name and no option`(name: String) throws {
        for (from, to) in [
            ("enabled", "disabled"), ("disabled", "enabled"), ("enabled", "masked"), ("masked", "enabled"),
            ("enabled", "enabled"), ("missing", "enabled"),
        ] {
            for program in ["units", "units-back"] {
                let said = try run(program, of: [unit(name, from: from, to: to)], units: [name])
                #expect(said.text == "status 0\n", "\(program) \(from) \(to)")
                #expect(said.called.allSatisfy { $0 == "daemon-reload" || $0.hasSuffix(" \(name)") })
                #expect(program == "units-back" && from == to || said.called.contains { $0.hasSuffix(name) })
            }
        }
        let scratch = try ScratchFolder()
        let path = "\(scratch.path)/\(name)"
        try TestFiles.write(Array("[Unit]\n".utf8), to: path)
        let said = try run("activate", of: [file(path)], units: [name])
        #expect(said.text == "status 0\n")
        #expect(said.called == ["daemon-reload", "try-restart \(name)"])
    }

    @Test func `a unit that is not there need not be disabled, which is told`() throws {
        let said = try run(
            "units",
            of: [
                unit("haproxy.service", from: "missing", to: "disabled"),
                unit("there.service", from: "enabled", to: "disabled"),
            ], units: ["there.service"])
        #expect(said.text.hasSuffix("status 0\n"), "\(said.text)")
        #expect(said.notes["as-before"] == ["haproxy.service is not there: nothing to disable."])
        #expect(said.notes["not-done"] == [])
        #expect(said.called.contains("disable there.service"))
    }

    @Test func `a unit that is not there and was to be enabled is told as not done, and the rest is done`()
        throws
    {
        let said = try run(
            "units",
            of: [
                unit("haproxy.service", from: "missing", to: "enabled"),
                unit("there.timer", from: "disabled", to: "enabled"),
            ], units: ["there.timer"])
        #expect(said.text.hasSuffix("status 0\n"), "\(said.text)")
        #expect(said.notes["not-done"] == ["haproxy.service is not there and was not enabled"])
        #expect(said.notes["as-before"] == ["there.timer was started, as it is enabled."])
        #expect(said.called.contains("enable there.timer"))
    }

    @Test func `a unit that was switched off is started, and stopped again by the way back`() throws {
        let steps = [
            unit("there.service", from: "disabled", to: "enabled"),
            unit("t@.service", from: "disabled", to: "enabled"),
            unit("reboot.target", from: "disabled", to: "enabled"),
        ]
        let known = ["there.service", "t@.service", "reboot.target"]
        let said = try run("units", of: steps, units: known)
        #expect(said.text == "status 0\n" && said.notes["not-done"] == [], "\(said)")
        #expect(said.called.filter { $0.hasPrefix("start") } == ["start there.service"], "\(said.called)")
        #expect(try run("units-back", of: steps, units: known).called.allSatisfy { !$0.hasPrefix("stop") })
        let back = try run("units-back", of: steps, units: known, idle: ["there.service"])
        #expect(back.called.filter { $0.hasPrefix("stop") } == ["stop there.service"], "\(back.called)")
        #expect(back.called.filter { $0.hasPrefix("disable") }.count == 3, "\(back.called)")
        let failed = try run("units", of: steps, units: known + ["failed"])
        #expect(failed.text == "status 0\n")
        #expect(
            failed.notes["not-done"] == [
                "there.service is enabled and does not start; see: systemctl status there.service"
            ])
    }

    @Test(arguments: ["sp ace.service", "a$(touch pwned)b.service", "*.service"])
    func `a file whose name is the name of no unit is neither checked nor started`(name: String) throws {
        let scratch = try ScratchFolder()
        let steps = [file("\(scratch.path)/\(name)"), file("\(scratch.path)/good.service")]
        for step in steps { try TestFiles.write(Array("[Unit]\n".utf8), to: step.name) }
        let checked = try run("validate", of: steps)
        #expect(checked.text == "holdfast: valid units\nstatus 0\n")
        let activated = try run("activate", of: steps)
        #expect(activated.text == "status 0\n")
        #expect(activated.called == ["daemon-reload", "try-restart good.service"])
        let started = try run("units", of: [unit(name, from: "missing", to: "enabled")])
        #expect(started.called.allSatisfy { $0 == "daemon-reload" }, "\(started.called)")
    }

    @Test func `names are what systemd takes for one`() {
        let good = ["a.service", "-.mount", "-rf.service", "a@.service", "a@b.timer", #"a\x2db.path"#]
        let bad = [
            "a", "a b.service", ".service", "@a.service", "a*.service", "a/b.service", "ä.service", "a.conf",
        ]
        for name in good { #expect(UnitName.isLoadable(name), "\(name)") }
        for name in bad { #expect(!UnitName.isLoadable(name), "\(name)") }
        #expect(UnitName.isLoadable(String(repeating: "a", count: 247) + ".service"))
        #expect(!UnitName.isLoadable(String(repeating: "a", count: 248) + ".service"))
    }
}
