import Basics
import RemoteExecution
import TestSupport
import Testing

/// What becomes of a script whose server process goes, in real shells.
@Suite("A run that nobody listens to", .timeLimit(.minutes(5)))
struct RunWatchTests {
    static let shells = ["/bin/dash", "/bin/bash", "busybox sh"]

    /// Starts a script in a session of its own, whose parent ends once the script is at work; the session's number.
    private func orphan(_ steps: [ScriptStep], in shell: String, _ scratch: ScratchFolder) throws -> String {
        try scratch.write(FramedScript.bytes(steps: steps, boundary: FrameBoundary()), to: "script")
        let output = try Shell.output(
            """
            cd '\(scratch.path)'; mkfifo at-work
            sh -c 'setsid \(shell) script >/dev/null 2>&1 </dev/null & echo $!; read -r line <at-work'

            """)
        return String(decoding: output.filter { $0 != 0x0A }, as: UTF8.self)
    }

    private func members(of session: String) throws -> String {
        String(decoding: try Shell.output("ps -o args= -s \(session) || :"), as: UTF8.self)
    }

    @Test(arguments: shells)
    func `it is asked to end, and clears away`(_ shell: String) async throws {
        let scratch = try ScratchFolder()
        let work = """
            trap ': >\(scratch.path)/cleared; exit 143' TERM
            echo >\(scratch.path)/at-work
            sleep 250; echo never >\(scratch.path)/done
            """
        let session = try orphan(
            [
                ScriptStep(timeLimit: 200, script: work),
                ScriptStep(timeLimit: 200, script: "echo never >\(scratch.path)/done"),
            ], in: shell, scratch)
        var left = try members(of: session)
        while !left.isEmpty {
            try await Task.sleep(for: .milliseconds(50))
            left = try members(of: session)
        }
        #expect(try Folder.item(scratch.path + "/cleared") != nil)
        #expect(try Folder.item(scratch.path + "/done") == nil)
    }

    @Test(arguments: shells)
    func `a step that is to outlive it comes to its end`(_ shell: String) async throws {
        let scratch = try ScratchFolder()
        let work = """
            echo >\(scratch.path)/at-work
            while kill -0 "$HF_MAIN" 2>/dev/null; do sleep 0.1; done
            echo whole >\(scratch.path)/done
            """
        _ = try orphan(
            [ScriptStep(timeLimit: 200, script: work, outlivesConnection: true)], in: shell, scratch)
        while try Folder.item(scratch.path + "/done") == nil {
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test(arguments: shells)
    func `one that is listened to is left alone, and nobody watches it afterwards`(_ shell: String) throws {
        let scratch = try ScratchFolder()
        let steps = [ScriptStep(timeLimit: 60, script: "sleep 2.5; echo whole")]
        try scratch.write(FramedScript.bytes(steps: steps, boundary: FrameBoundary()), to: "script")
        let output = try Shell.output(
            "cd '\(scratch.path)'; setsid --wait \(shell) script 2>errors; cat errors; exit 0")
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains("whole\n") && !text.contains("Killed"), "\(text)")
    }
}
