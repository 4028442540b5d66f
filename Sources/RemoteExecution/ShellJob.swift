/// One script for one exec channel of one connection.
package struct ShellJob: Sendable {
    /// Bounds of a run.
    ///
    /// Reaching one ends the run with the error of its name.
    package struct Limits: Sendable, Equatable {
        /// From the first packet to the end of the login.
        package var connect: Duration
        /// The longest silence of the device once the script runs.
        package var idle: Duration
        /// The whole run.
        package var total: Duration
        /// Both output streams together, in bytes.
        package var output: Int64

        package init(
            connect: Duration = .seconds(15), idle: Duration = .seconds(120),
            total: Duration = .seconds(3600),
            output: Int64 = 4 << 30
        ) {
            self.connect = connect
            self.idle = idle
            self.total = total
            self.output = output
        }
    }

    /// The command of the exec request.
    ///
    /// The script itself never travels in it.
    package var command: String
    /// What is written to the command's standard input first: the script.
    package var input: [UInt8]
    /// Gives more of it, which may be worked out while the connection is made and is held in memory; nil when `input` is
    /// all.
    package var rest: (any ShellSource)?
    /// Whether standard input stays open after all this until the consumer closes it.
    package var keepsInputOpen: Bool
    package var limits: Limits

    package init(
        command: String = "exec /bin/sh", input: [UInt8], rest: (any ShellSource)? = nil,
        keepsInputOpen: Bool = false, limits: Limits = Limits()
    ) {
        self.command = command
        self.input = input
        self.rest = rest
        self.keepsInputOpen = keepsInputOpen
        self.limits = limits
    }
}

/// Which of a command's two output streams.
package enum OutputStreamKind: Sendable, Hashable {
    case standardOutput
    case standardError
}

/// What a consumer wants after a piece of output.
package enum ShellReply: Sendable {
    /// Go on.
    case proceed
    /// Write these bytes to standard input, then close it when `closes`.
    case send([UInt8], closes: Bool)
    /// Write what the source gives to standard input, piece by piece as the device takes it, then close it when `closes`.
    case stream(any ShellSource, closes: Bool = true)
    /// The output is complete: end the run without waiting for the command.
    case finish
}

/// Content for standard input that is made while it is sent.
package protocol ShellSource: AnyObject, Sendable {
    /// The next bytes, at least one; nil at the end.
    /// - Throws: to end the run; the error reaches the caller of `run`.
    func next() async throws -> [UInt8]?
}

extension ShellReply: Equatable {
    package static func == (left: ShellReply, right: ShellReply) -> Bool {
        switch (left, right) {
        case (.proceed, .proceed), (.finish, .finish): true
        case (.send(let one, let closes), .send(let other, let closesToo)):
            one == other && closes == closesToo
        case (.stream(let one, let closes), .stream(let other, let closesToo)):
            one === other && closes == closesToo
        default: false
        }
    }
}

/// Receives a command's output piece by piece, in order for each stream.
///
/// While a call runs, no further piece is read from that device: a slow consumer slows the device down
/// instead of filling memory.
package protocol ShellConsumer: Sendable {
    /// - Throws: to end the run; the error reaches the caller of `run`.
    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply
}

/// How a run that was carried out ended.
package struct ShellExit: Sendable, Equatable {
    /// The command's exit status; nil when it was ended by a signal or by `ShellReply.finish`.
    package var status: Int32?
    /// Name of the signal that ended the command, without `SIG`, where the other side tells.
    package var signal: String?
    /// Bytes received, both streams.
    package var received: Int64
    /// From the start of the run to the completed login; zero for this machine and for a kept connection.
    package var connecting: Duration

    package init(status: Int32?, signal: String? = nil, received: Int64 = 0, connecting: Duration = .zero) {
        self.status = status
        self.signal = signal
        self.received = received
        self.connecting = connecting
    }
}
