/// One framed part of a collecting script.
package struct ScriptStep: Sendable, Equatable {
    /// Program without which the step does not run; nil when the shell alone suffices.
    package let tool: String?
    /// Seconds after which the step is ended on the device.
    package let timeLimit: Int
    /// POSIX shell text; see `Probe.script` for what it may use.
    package let script: String
    /// Whether the whole text runs as root where `sudo -n` allows a root shell, and as the login user where not.
    package let prefersRoot: Bool
    /// Whether the step reads from the run's standard input instead of nothing.
    package let readsInput: Bool
    /// Whether it goes on when the connection ends, and comes to its end by itself.
    package let outlivesConnection: Bool
    /// Shell test in the script's own shell; where it fails there is nothing of the step, no frame either.
    package let condition: String?
    /// Variable of the script's own shell that gets the step's status, for conditions of later steps; nil for none.
    package let statusName: String?
    /// Whether the script tells how long its output is.
    ///
    /// Such steps run in a shell of their own: they have no `statusName`, decide nothing and do not read the run's standard
    /// input. See `OutputLengths`.
    package let isCounted: Bool
    /// Whether its text stands in front of the first block of counted steps, though it runs in its turn: what is much like the
    /// text of an earlier step costs little where it lies within the 32 KiB that a compressed connection looks back.
    package let standsEarly: Bool

    package init(
        tool: String? = nil, timeLimit: Int, script: String, prefersRoot: Bool = false,
        readsInput: Bool = false, outlivesConnection: Bool = false, condition: String? = nil,
        statusName: String? = nil, isCounted: Bool = false, standsEarly: Bool = false
    ) {
        self.tool = tool
        self.timeLimit = timeLimit
        self.script = script
        self.prefersRoot = prefersRoot
        self.readsInput = readsInput
        self.outlivesConnection = outlivesConnection
        self.condition = condition
        self.statusName = statusName
        self.isCounted = isCounted
        self.standsEarly = standsEarly
    }

    /// The same step under a condition.
    package func when(_ condition: String, standsEarly: Bool = false) -> ScriptStep {
        ScriptStep(
            tool: tool, timeLimit: timeLimit, script: script, prefersRoot: prefersRoot,
            readsInput: readsInput, outlivesConnection: outlivesConnection,
            condition: condition, statusName: statusName, isCounted: isCounted,
            standsEarly: standsEarly)
    }
}

/// Thirty-two random hexadecimal digits that mark the frames of one run.
///
/// The device's programs never see it: it travels on standard input into a shell variable that is not exported.
package struct FrameBoundary: Sendable, Hashable {
    package let text: String

    /// A new one of 128 random bits.
    package init() {
        var generator = SystemRandomNumberGenerator()
        let bits = (generator.next(), generator.next()) as (UInt64, UInt64)
        func padded(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        text = padded(bits.0) + padded(bits.1)
    }
}
