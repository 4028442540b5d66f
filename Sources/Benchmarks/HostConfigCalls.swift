import Basics
import Operations
import Program

/// Operations on assistants' configuration as a program that links Holdfast calls them: no other process in between.
///
/// Reads a request a line, `{"list": true}` or `{"call": "host-config restore", "arguments": {…}}`, and answers with the
/// seconds that it took, `{"seconds": 0.001, "rows": 100}` or `{"seconds": 0.001, "result": {…}}`.
enum HostConfigCalls {
    /// The first word of the command line that asks for it; the folder of the state follows.
    static let word = "host-config-calls"

    /// Starts no jobs, as nothing is asked for that is one.
    private struct NoLauncher: JobLauncher {
        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {
            throw OperationError(.internalFailure, "A benchmark starts no jobs")
        }
    }

    /// Answers until standard input ends.
    static func serve(home: String) async throws {
        let parts = try ProgramParts(home: home, logLevel: nil, launcher: NoLauncher())
        let caller = Caller(actor: Caller.personPrefix + "benchmark", surface: "cli", level: .destroy)
        while let line = readLine() {
            let request = try JSONParser.parse(line)
            let context = parts.context(for: caller, SilentProgress())
            let clock = ContinuousClock()
            let start = clock.now
            var answer: [String: JSONValue] = [:]
            if let words = request["call"]?.string {
                guard
                    let operation = allOperations.first(where: {
                        $0.contract.command.joined(separator: " ") == words
                    })
                else { throw OperationError(.internalFailure, "There is no operation \(words)") }
                answer["result"] = try await operation.call(
                    request["arguments"]?.object ?? [:], in: context
                ).json
            } else {
                let output = try await ListHostConfigs().run(ListHostConfigs.Input(), in: context)
                answer["rows"] = .int(Int64(output.backups.count))
            }
            answer["seconds"] = .double((clock.now - start) / .seconds(1))
            try StandardStream.output.write(Array(JSONWriter.text(.object(answer)).utf8) + [0x0A])
        }
    }
}
