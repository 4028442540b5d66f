import RemoteExecution
import TestSupport
import Testing

/// How real shells and programs count the outputs of a block.
@Suite("Lengths of outputs", .timeLimit(.minutes(5)))
struct OutputLengthsTests {
    /// A shell and the programs that are found before all others, as applets of BusyBox.
    struct Place: CustomTestStringConvertible {
        let shell: String
        let applets: [String]
        var testDescription: String {
            "\(shell) with \(applets.isEmpty ? "the system's tools" : "\(applets)")"
        }
    }

    private static let places = [
        Place(shell: "/bin/dash", applets: []), Place(shell: "/bin/bash --posix", applets: []),
        Place(shell: "busybox sh", applets: ["awk", "tee"]), Place(shell: "/bin/dash", applets: ["awk"]),
    ]

    /// Runs a script whose steps find their folder as `$HERE`; `beside` is shell text with the same standard output.
    private func run(
        _ steps: [ScriptStep], at place: Place, beside: String = "", memory: Int = 524_288
    ) throws -> (events: [FrameDecoder.Event], text: String) {
        let scratch = try ScratchFolder()
        let boundary = FrameBoundary()
        var script = String(decoding: FramedScript.bytes(steps: steps, boundary: boundary), as: UTF8.self)
        // The script sets a search path of its own.
        script.replace("export LC_ALL LANG PATH\n", with: "PATH=$HERE/bin:$PATH; export LC_ALL LANG PATH\n")
        script.replace("ulimit -v 524288", with: "ulimit -v \(memory)")
        try scratch.write(Array(script.utf8), to: "script")
        let links = place.applets.map { "ln -s \"$(command -v busybox)\" bin/\($0)\n" }.joined()
        let output = try Shell.output(
            """
            cd '\(scratch.path)'; HERE=$PWD; export HERE; mkdir bin; mkfifo go gone; : >left
            \(links){ \(beside)\(place.shell) script; } >out 2>errors
            kill $(cat left) 2>/dev/null; cat out
            """)
        var decoder = FrameDecoder(boundary: boundary)
        return (decoder.consume(output), String(decoding: output, as: UTF8.self))
    }

    private func lengths(_ events: [FrameDecoder.Event]) -> [Int: Int]? {
        for case .lengths(let lengths) in events { return lengths }
        return nil
    }

    private func counted(_ script: String, limit: Int = 60) -> ScriptStep {
        ScriptStep(timeLimit: limit, script: script, isCounted: true)
    }

    @Test(arguments: places)
    func `each output has the length that it has`(_ place: Place) throws {
        let steps = [
            ScriptStep(timeLimit: 60, script: "echo not counted"), counted("echo a; echo b"),
            counted("printf abc"), counted(":"), counted("printf '\\n\\n'"),
            counted("printf '\\351\\377'; exit 3"),
            ScriptStep(tool: "no-such-tool", timeLimit: 60, script: "echo never", isCounted: true),
            counted("seq 100000 | tr '\\n' ' '"), counted("echo 0123456789abcdef0123456789abcdef K"),
            ScriptStep(timeLimit: 60, script: "echo behind"),
        ]
        let (events, text) = try run(steps, at: place)
        #expect(
            lengths(events) == [1: 4, 2: 3, 3: 0, 4: 2, 5: 2, 6: 0, 7: 588_895, 8: 35], "\(text.suffix(300))")
        #expect(events.contains(.ended(status: 3)) && events.last == .finished)
        #expect(text.contains("behind\n"))
    }

    @Test(arguments: places)
    func `a process that a step leaves behind holds nothing up`(_ place: Place) throws {
        let steps = [counted("sleep 300 & echo $! >$HERE/left; echo a"), counted("echo b")]
        let (events, text) = try run(steps, at: place)
        #expect(lengths(events) == [0: 2, 1: 2], "\(text)")
        #expect(events.last == .finished)
    }

    @Test(arguments: places)
    func `what somebody else writes between is not counted`(_ place: Place) throws {
        let steps = [
            counted("echo a"), counted("echo b; echo >$HERE/go; read x <$HERE/gone; echo c"),
            counted("echo d"),
        ]
        let (events, text) = try run(
            steps, at: place, beside: "( read x <go; echo NOISE; echo >gone ) & ")
        #expect(lengths(events) == [0: 2, 1: 4, 2: 2], "\(text)")
        #expect(text.contains("NOISE"))
    }

    @Test
    func `a line longer than the counter's memory costs the lengths and nothing else`() throws {
        let steps = [
            counted("head -c 40000000 /dev/zero | tr '\\\\0' x"), counted("echo b"),
            ScriptStep(timeLimit: 60, script: "echo c"),
        ]
        let (events, _) = try run(steps, at: Self.places[0], memory: 30_000)
        #expect(lengths(events) == nil)
        #expect(events.filter { $0 == .ended(status: 0) }.count == 3 && events.last == .finished)
    }

    @Test(arguments: ["tee", "awk"])
    func `where a program is missing the steps run as others do`(_ program: String) throws {
        let scratch = try ScratchFolder()
        try Shell.run(
            """
            cd '\(scratch.path)'; mkdir bin
            for p in sh id timeout cat printf kill; do ln -s "$(command -v busybox)" bin/$p; done
            [ \(program) = tee ] || ln -s "$(command -v busybox)" bin/tee
            [ \(program) = awk ] || ln -s "$(command -v busybox)" bin/awk
            """)
        let boundary = FrameBoundary()
        var script = String(
            decoding: FramedScript.bytes(steps: [counted("echo a"), counted("echo b")], boundary: boundary),
            as: UTF8.self)
        script.replace(
            "export LC_ALL LANG PATH\n", with: "PATH=\(scratch.path)/bin; export LC_ALL LANG PATH\n")
        try scratch.write(Array(script.utf8), to: "script")
        var decoder = FrameDecoder(boundary: boundary)
        let events = decoder.consume(try Shell.output("/bin/dash '\(scratch.path)/script'"))
        #expect(events.contains(.bytes(Array("a\n".utf8))) && events.last == .finished)
        #expect(lengths(events) == nil)
    }
}
