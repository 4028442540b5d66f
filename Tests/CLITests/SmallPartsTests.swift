import Basics
import Glibc
import Operations
import Testing

@testable import CLI

@Suite struct ExitCodeTests {
    @Test func `each category has a code of its own`() {
        let codes = OperationError.Category.allCases.map { ExitCode($0).number }
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { code in ExitCode.all.contains { $0.number == code } })
    }

    @Test func `the codes are the documented ones`() {
        #expect(ExitCode.all.map(\.number) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 129, 130, 141, 143])
        #expect(ExitCode(.confirmation).number == 9)
        #expect(ExitCode(.cancelled).number == 130)
    }
}

@Suite struct InterruptionTests {
    @Test func `the first signal cancels, the second ends`() {
        var interruption = Interruption()
        #expect(interruption.received(SIGINT) == .cancel)
        #expect(interruption.received(SIGTERM) == .exit(143))
    }

    @Test(arguments: [
        (SIGINT, 130, 130), (SIGTERM, 130, 143), (SIGHUP, 130, 129), (SIGTERM, 3, 3), (SIGINT, 0, 0),
    ])
    func `the exit code names the signal that ended the work`(
        _ signal: Int32, _ code: Int32, _ expected: Int32
    ) {
        var interruption = Interruption()
        #expect(interruption.exitCode(for: code) == code)
        _ = interruption.received(signal)
        #expect(interruption.exitCode(for: code) == expected)
    }
}

@Suite struct ProcessSignalsTests {
    @Test func `SIGTERM cancels the work, and the exit code says so`() async {
        await #expect(processExitsWith: .exitCode(143)) {
            let code = await ProcessSignals.run {
                kill(getpid(), SIGTERM)
                do { try await Task.sleep(for: .seconds(60)) } catch { return ExitCode.cancelled.number }
                return 0
            }
            exit(code)
        }
    }

    @Test func `a signal that was ignored at the start stays ignored`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            _ = signal(SIGHUP, SIG_IGN)
            let code = await ProcessSignals.run {
                kill(getpid(), SIGHUP)
                do { try await Task.sleep(for: .milliseconds(200)) } catch {
                    return ExitCode.cancelled.number
                }
                return 7
            }
            exit(code)
        }
    }

    @Test func `a second signal ends the process at once`() async {
        await #expect(processExitsWith: .exitCode(130)) {
            _ = await ProcessSignals.run {
                kill(getpid(), SIGINT)
                // Work that does not listen: it notices the cancellation and goes on all the same.
                do { try await Task.sleep(for: .seconds(60)) } catch { kill(getpid(), SIGINT) }
                while true { sched_yield() }
            }
            exit(99)
        }
    }

    @Test func `a signal ends a question that nobody answers`() async {
        await #expect(processExitsWith: .exitCode(130)) {
            let code = await ProcessSignals.run {
                var ends: [Int32] = [0, 0]
                guard unsafe pipe(&ends) == 0 else { return 98 }
                dup2(ends[0], 0)
                let console = Console(ProcessTerminal())
                async let answer = console.confirms("Well?")
                kill(getpid(), SIGINT)
                return await answer ? 97 : ExitCode.cancelled.number
            }
            exit(code)
        }
    }

    @Test func `a closed pipe is an error and no signal`() async {
        await #expect(processExitsWith: .exitCode(EPIPE)) {
            let code = await ProcessSignals.run {
                var ends: [Int32] = [0, 0]
                guard unsafe pipe(&ends) == 0 else { return 98 }
                close(ends[0])
                dup2(ends[1], 1)
                do throws(SystemError) { try ProcessTerminal().write([1], to: .output) } catch {
                    return error.code
                }
                return 99
            }
            exit(code)
        }
    }
}

@Suite struct ConfirmationTests {
    @Test(arguments: [
        ("accept_fingerprint", "SHA256:ab+/=", "--accept-fingerprint SHA256:ab+/="), ("yes", "true", "--yes"),
        ("check", "false", "--no-check"), ("name", "a 'b'", "--name 'a '\\''b'\\'''"),
    ]) func `a yes is spelled as an option`(_ field: String, _ value: String, _ option: String) {
        #expect(Confirmation.option(.init(question: "?", field: field, value: value)) == option)
    }
}

@Suite struct ProgramVersionTests {
    @Test func `a build that was told of no commit says so`() {
        let version = ProgramVersion(version: "1.2.3", commit: nil, swift: "6.3") { [] }
        #expect(version.lines == ["holdfast 1.2.3 (commit unknown)", "Swift 6.3"])
        #expect(version.json["commit"] == "unknown")
    }
}
