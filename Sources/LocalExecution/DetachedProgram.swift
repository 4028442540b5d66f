package import Basics
import CSystem
import Glibc

/// This program started once more, in a session of its own and without a terminal: it outlives whoever started it.
package enum DetachedProgram {
    /// The number of the descriptor that is handed on.
    package static let handedOn: Int32 = 3

    /// Starts this very program and hands `input` over on its standard input; its other streams lead nowhere.
    ///
    /// Blocks until the input is handed over; what fits into a pipe never waits.
    /// - Parameters:
    ///   - arguments: the words after the program's name.
    ///   - lock: stays open in the new process, under the number `handedOn`.
    package static func start(
        _ arguments: [String], input: [UInt8], holding lock: borrowing OpenFile
    ) throws(SystemError) {
        var pair: [Int32] = [-1, -1]
        guard unsafe holdfast_pipe2(&pair, O_CLOEXEC) == 0 else { throw SystemError("pipe2") }
        let nowhere = unsafe holdfast_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        defer {
            close(pair[1])
            if nowhere >= 0 { close(nowhere) }
        }
        guard nowhere >= 0 else {
            let error = SystemError("open", "/dev/null")
            close(pair[0])
            throw error
        }
        // The very file that runs, whatever lies at its path by now. The lock first: its number may be one of those that
        // are replaced.
        let child = ProcessLaunch.start(
            "/proc/self/exe", ["holdfast"] + arguments,
            descriptors: [(lock.rawDescriptor, handedOn), (pair[0], 0), (nowhere, 1), (nowhere, 2)])
        close(pair[0])
        let pid = try child.get()
        try hand(input, to: pair[1])
        // Nobody asks how it ended: its record tells. The kernel only wants it collected.
        try BackgroundThread.start {
            var status: Int32 = 0
            while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
    }

    /// Keeps what was handed on to this process from the programs that it starts itself.
    /// - Returns: false when nothing was handed on.
    package static func keepHandedOn() -> Bool {
        holdfast_fcntl(handedOn, F_SETFD, FD_CLOEXEC) == 0
    }

    private static func hand(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("write", "the new process")
            }
            done += count
        }
    }
}
