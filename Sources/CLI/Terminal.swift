package import Basics

/// Where the command line reads and writes: the process's own streams, or memory in tests.
///
/// The functions that read and write may block; only `Console` calls them, on a thread of its own.
package protocol Terminal: Sendable {
    /// Columns of the terminal; 80 where unknown.
    var width: Int { get }
    /// Whether a person sits at the other end of `stream`.
    func isInteractive(_ stream: StandardStream) -> Bool
    /// The terminal's name, for example `/dev/pts/3`; empty where standard input is none.
    var inputName: String { get }
    /// The value of an environment variable; nil when it is not set.
    func variable(_ name: String) -> String?
    /// Writes all of `bytes`.
    /// - Throws: the kernel's error; `EPIPE` when nobody reads any more.
    func write(_ bytes: [UInt8], to stream: StandardStream) throws(SystemError)
    /// Throws away what was typed before anything was asked: it answers nothing.
    func discardTyped() throws(SystemError)
    /// Reads a line from standard input, without its line feed; nil at its end and when the task is cancelled.
    func readLine() throws(SystemError) -> String?
}

/// The streams and the environment of this process.
package struct ProcessTerminal: Terminal {
    package init() {}

    package var width: Int { StandardStream.output.columns ?? StandardStream.error.columns ?? 80 }

    package var inputName: String { StandardStream.input.terminalName }

    package func isInteractive(_ stream: StandardStream) -> Bool { stream.isTerminal }

    package func variable(_ name: String) -> String? { ProcessEnvironment.value(of: name) }

    package func write(_ bytes: [UInt8], to stream: StandardStream) throws(SystemError) {
        try stream.write(bytes)
    }

    package func discardTyped() throws(SystemError) { try StandardStream.input.discardTyped() }

    package func readLine() throws(SystemError) -> String? {
        try StandardStream.input.readLine { Task.isCancelled }
    }
}
