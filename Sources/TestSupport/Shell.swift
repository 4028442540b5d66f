import Basics
import CSystem
import Glibc

/// Runs a shell command of a test and waits for it.
package enum Shell {
    /// A command ended with another status than zero.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Standard output of `command`.
    /// - Throws: `Failure` with its output when it fails.
    package static func output(_ command: String) throws -> [UInt8] {
        guard let stream = unsafe popen("LC_ALL=C; export LC_ALL; " + command, "r") else {
            throw Failure(description: "popen: \(SystemError("popen"))")
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, stream)
            guard count > 0 else { break }
            output += buffer[..<count]
        }
        let status = unsafe pclose(stream)
        guard status == 0 else {
            throw Failure(
                description: "status \(status): \(command)\n\(String(decoding: output, as: UTF8.self))")
        }
        return output
    }

    /// Runs `command` for its effect.
    package static func run(_ command: String) throws { _ = try output(command) }
}
