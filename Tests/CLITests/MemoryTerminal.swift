import Basics
import CLI
import Glibc
import Synchronization

/// A terminal in memory: what is written is kept, what is read was given.
final class MemoryTerminal: Terminal {
    private struct State {
        var written: [StandardStream: [UInt8]] = [:]
        var answers: [String]
        var outputError: SystemError?
    }

    let width: Int
    private let interactive: Set<StandardStream>
    private let variables: [String: String]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - interactive: the streams with a person at the other end.
    ///   - answers: the lines that are read, in order.
    ///   - outputError: what writing to standard output fails with.
    init(
        interactive: Set<StandardStream> = [], width: Int = 80,
        variables: [String: String] = ["TERM": "xterm"],
        answers: [String] = [], outputError: Int32? = nil
    ) {
        self.interactive = interactive
        self.width = width
        self.variables = variables
        state = Mutex(
            State(
                answers: answers,
                outputError: outputError.map { SystemError("write", "standard output", code: $0) }))
    }

    /// A terminal with a person at all ends.
    static func attended(
        width: Int = 80, variables: [String: String] = ["TERM": "xterm"], answers: [String] = []
    ) -> MemoryTerminal {
        MemoryTerminal(
            interactive: [.input, .output, .error], width: width, variables: variables, answers: answers)
    }

    var output: String { text(.output) }
    var errors: String { text(.error) }
    var rawOutput: [UInt8] { state.withLock { $0.written[.output] ?? [] } }

    var inputName: String { isInteractive(.input) ? "/dev/pts/9" : "" }

    func isInteractive(_ stream: StandardStream) -> Bool { interactive.contains(stream) }

    func variable(_ name: String) -> String? { variables[name] }

    func write(_ bytes: [UInt8], to stream: StandardStream) throws(SystemError) {
        let failure = state.withLock { state -> SystemError? in
            if stream == .output, let error = state.outputError { return error }
            state.written[stream, default: []] += bytes
            return nil
        }
        if let failure { throw failure }
    }

    func readLine() throws(SystemError) -> String? {
        state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
    }

    private func text(_ stream: StandardStream) -> String {
        state.withLock { String(decoding: $0.written[stream] ?? [], as: UTF8.self) }
    }
}
