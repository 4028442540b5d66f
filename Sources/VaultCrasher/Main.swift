import Glibc
import TestSupport
import Vault

/// Runs the short life of a vault and kills itself, for tests.
///
/// Usage: `VaultCrasher FOLDER KEYFILE CALL`, where CALL is the number of the changing call at which the process is
/// killed; 0 for never. Prints each milestone once it is reached, and at the end how many calls there were.
@main enum VaultCrasher {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let target = Int(arguments[3]) else {
            tell("usage: VaultCrasher FOLDER KEYFILE CALL")
            exit(2)
        }
        let files = FaultyVaultFiles(
            DiskVaultFiles(arguments[1]), fault: target > 0 ? .kill : .none, at: target)
        let scenario = VaultScenario(key: try VaultKey.read(arguments[2]))
        try await scenario.run(on: files) { milestone in tell(milestone.text) }
        tell("calls \(files.calls)")
    }

    /// Writes a line at once: what is buffered dies with the process.
    private static func tell(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        let written = unsafe write(STDOUT_FILENO, bytes, bytes.count)
        precondition(written == bytes.count, "standard output is closed")
    }
}
