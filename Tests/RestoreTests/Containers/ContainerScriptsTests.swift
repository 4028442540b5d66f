import Basics
import TestSupport
import Testing
import Vault

@testable import Restore

@Suite struct ContainerScriptsTests {
    private typealias Engine = RecordedEngine

    /// The programs of a run, in a folder; `steps` runs with them and a `docker` of its own.
    private func said(_ containers: ContainerRun, _ steps: String) throws -> String {
        let scratch = try ScratchFolder()
        let scripts = RunScripts(
            run: .random(), operations: SwapOperations([], run: .random(), wanted: [:], present: [:]),
            steps: [],
            patience: 60, settling: 0, accounts: AccountEdit(), containers: containers)
        for (name, text) in scripts.files {
            try TestFiles.write(text, to: scratch.path + "/" + name)
        }
        let program = """
            cd '\(scratch.path)' && . ./lib && D='\(scratch.path)' && cd "$D" && . ./engine-lib
            \(steps)
            """
        try TestFiles.write(Array(program.utf8), to: scratch.path + "/program")
        return String(decoding: try Shell.output("sh '\(scratch.path)/program'"), as: UTF8.self)
    }

    @Test func `only what a run noted by exactly that name is taken away again`() throws {
        let run = ContainerRun(ContainerOperations(), run: .random(), hasEngine: true, entries: [])
        let text = try said(
            run,
            """
            docker() { case $1 in inspect) echo some-id ;; *) echo "$@" >&3 ;; esac; }
            exec 3>&1
            hf_note 'container aXb'
            hf_unmake a.b ''
            echo between
            hf_unmake aXb ''
            """)
        #expect(text == "between\nrm --force -- some-id\n")
    }

    @Test func `variables of a container are read from the input of its creation`() throws {
        let engine = Engine.state([Engine.container("a", config: ["Env": ["PASSWORD=it's", "EMPTY="]])])
        var operations = ContainerOperations()
        let spec = ContainerSpec(try #require(engine.containers["a"]), in: engine)
        operations.creations = [.init(spec: spec, image: "busybox:1")]
        let run = ContainerRun(operations, run: .random(), hasEngine: true, entries: [])
        let on = try #require(run.files.first { $0.name == "engine-on" }?.text)
        let call = on.split(separator: "\n").filter { $0.hasPrefix("hf_env") || $0.hasPrefix("hf_create") }
        let text = try said(
            run,
            """
            hf_create() { printf '<%s>' "$@"; echo; hf_env; }
            \(call.joined(separator: "\n"))
            """)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.dropFirst() == ["EMPTY=", "PASSWORD=it's"])
        #expect(lines.first?.contains("PASSWORD") == false)
        #expect(lines.first?.contains("<--env-file></dev/stdin>") == true)
        #expect(lines.first?.hasSuffix("<busybox:1><sleep><1>") == true)
    }

    /// The programs of a run with ten containers that must run on.
    private func proving(_ names: [String]) throws -> (run: ContainerRun, lines: String) {
        var operations = ContainerOperations()
        let engine = Engine.state(names.map { Engine.container($0) })
        operations.pausedProofs = try names.map {
            ContainerSpec(try #require(engine.containers[$0]), in: engine)
        }
        let run = ContainerRun(operations, run: .random(), hasEngine: true, entries: [])
        let on = try #require(run.files.first { $0.name == "engine-on" }?.text)
        let lines = on.split(separator: "\n").filter {
            $0.hasPrefix("hf_proof") || $0.hasPrefix("hf_watch")
        }
        return (run, lines.joined(separator: "\n"))
    }

    @Test func `all containers are watched at once`() throws {
        let names = (0..<10).map { "c\($0)" }
        let (run, lines) = try proving(names)
        let text = try said(
            run,
            """
            docker() { for c do :; done; printf '%s\\n' "$c" >>looks; echo 'running none 0'; }
            sleep() { command sleep 0.1; }
            \(lines)
            cat looks
            """)
        let looks = text.split(separator: "\n").map(String.init)
        for name in names { #expect(looks.count { $0 == name } == 12, "\(name) \(looks)") }
        // Nobody waits for another one's end.
        let firstEnd = try #require(
            looks.indices.first { end in looks[...end].count { $0 == looks[end] } == 12 })
        #expect(Set(looks[..<firstEnd]) == Set(names), "\(looks)")
    }

    @Test func `one that does not run ends the watch of all, and is named`() throws {
        let (run, lines) = try proving(["bad", "good"])
        let text = try said(
            run,
            """
            docker() { for c do :; done; case $c in bad) echo 'exited none 0' ;; *) echo 'restarting none 0' ;; esac; }
            sleep() { command sleep 0.1; }
            ( \(lines)
            ) 2>&1 || echo "status $?"
            """)
        #expect(text.hasPrefix("holdfast: the container bad is ‘exited’, not running, after "), "\(text)")
        #expect(text.hasSuffix("\nstatus 1\n") && !text.contains("good"), "\(text)")
    }

    @Test func `what a volume held that cannot be removed is noted, and what can be is gone`() throws {
        let engine = Engine.state([], volumes: [Engine.volume("a")])
        let scratch = try ScratchFolder()
        var operations = ContainerOperations()
        for name in ["kept", "gone"] {
            let spec = VolumeSpec(try #require(engine.volumes["a"]))
            operations.volumes.append(
                ContainerOperations.Volume(
                    spec: spec, creation: spec.creation(withLabels: true), source: "/a",
                    mountpoint: "\(scratch.path)/\(name)/_data/x", isThere: true, isFolder: true))
        }
        let run = ContainerRun(operations, run: .random(), hasEngine: true, entries: [])
        let keep = try #require(run.files.first { $0.name == "engine-keep" }?.text)
        let words = keep.split(separator: "\n").filter {
            $0.hasPrefix("rm ") || $0.hasPrefix("hf_discard")
        }
        let text = try said(
            run,
            """
            rm() {
            case $* in *kept*) echo "rm: cannot remove 'kept/x': Operation not permitted" >&2; return 1 ;; *) command rm "$@" ;; esac
            }
            mkdir -p \(scratch.path)/kept/_data/ \(scratch.path)/gone/_data
            for p in \(words.flatMap { $0.split(separator: " ").dropFirst() }.filter { $0 != "--" }.joined(separator: " ")); do eval "mkdir -p $p"; done
            \(words.joined(separator: "\n"))
            cat left
            """)
        let told = Leftover.told(in: text.split(separator: "\n").map { "holdfast: left \($0)" })
        #expect(told.map(\.words) == ["cannot remove 'kept/x': Operation not permitted"], "\(text)")
        #expect(told.first?.path.hasPrefix(scratch.path + "/kept/") == true, "\(text)")
        #expect(try Shell.output("ls -A '\(scratch.path)/gone/_data'").isEmpty)
    }
}
