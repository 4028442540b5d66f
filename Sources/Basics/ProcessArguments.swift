import Glibc

/// The words with which this process was started, as the bytes that they are.
package enum ProcessArguments {
    /// What follows the program's name.
    package static var all: [[UInt8]] {
        (1..<max(1, Int(CommandLine.argc))).map { index in
            guard let word = unsafe CommandLine.unsafeArgv[index] else { return [] }
            return unsafe UnsafeBufferPointer(start: word, count: strlen(word)).map(UInt8.init(bitPattern:))
        }
    }
}
