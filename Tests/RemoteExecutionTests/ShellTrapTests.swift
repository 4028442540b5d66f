import RemoteExecution
import TestSupport
import Testing

/// Scripts that clear away after themselves, in real shells.
@Suite(.timeLimit(.minutes(5)))
struct ShellTrapTests {
    @Test(arguments: RunWatchTests.shells)
    func `what is to be done at the end is done whole, however often it is asked to end`(_ shell: String)
        throws
    {
        let scratch = try ScratchFolder()
        let step = """
            clear() { for i in 1 2 3 4 5; do ls / >/dev/null || exit; done; echo done >>cleared; }
            \(ShellTrap.clearing("clear"))
            echo >ready
            while :; do sleep 0.01; done
            """
        try scratch.write(Array(step.utf8), to: "step")
        let said = try Shell.output(
            """
            cd '\(scratch.path)'; mkfifo ready; n=0
            while [ "$n" -lt 30 ]; do n=$((n+1))
            setsid \(shell) step & p=$!
            read -r line <ready
            while kill -TERM "-$p" 2>/dev/null; do :; done
            wait "$p"; echo $?
            done | sort | uniq -c | tr -d ' '
            wc -l <cleared

            """)
        #expect(String(decoding: said, as: UTF8.self) == "30143\n30\n")
    }

    @Test(arguments: RunWatchTests.shells)
    func `one that ends by itself keeps its status`(_ shell: String) throws {
        let script = "\(ShellTrap.clearing("echo it\\'s cleared"))\nexit 7\n"
        let said = try Shell.output("\(shell) -c \(ShellQuoting.word(script)); echo $?\n")
        #expect(String(decoding: said, as: UTF8.self) == "it's cleared\n7\n")
    }

    @Test(arguments: RunWatchTests.shells)
    func `what is done for a signal alone is not done otherwise`(_ shell: String) throws {
        let trap = ShellTrap.cleared("echo cleared")
        for (last, expected) in [("exit 3", "3\n"), ("kill -TERM $$; sleep 9", "cleared\n143\n")] {
            let said = try Shell.output("\(shell) -c \(ShellQuoting.word("\(trap)\n\(last)")); echo $?\n")
            #expect(String(decoding: said, as: UTF8.self) == expected)
        }
    }
}
