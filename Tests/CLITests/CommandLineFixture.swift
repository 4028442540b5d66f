import CLI
import Operations

/// What one command line printed, and how it ended.
struct Spoken {
    let code: Int32
    let output: String
    let errors: String
}

let sampleVersion = ProgramVersion(
    version: "1.2.3", commit: "abcdef0", swift: "6.3.1", libraries: { [.init("libssh", "0.10.6")] })

/// Runs one command line over the samples, and with it all of the command line's own code.
func speak(
    _ arguments: [String], _ terminal: MemoryTerminal = MemoryTerminal(),
    operations: [AnyOperation] = sampleOperations
) async -> Spoken {
    let commandLine = CommandLine(
        operations: operations, version: sampleVersion, terminal: terminal, makeContext: sampleContext)
    let code = await commandLine.run(arguments: arguments)
    return Spoken(code: code, output: terminal.output, errors: terminal.errors)
}

/// The words of a command line, split at spaces.
func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
