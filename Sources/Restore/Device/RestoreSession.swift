import Basics
package import RemoteExecution
package import Vault

/// The connections of one run to its device.
package struct RestoreSession: Sendable {
    /// What became of the connection that stages and swaps.
    package struct Staging: Sendable {
        /// Why nothing was begun: folders that are missing or lie behind a link; empty when all is well.
        package var obstacles: [String] = []
        /// What a validator said when it refused; nil when none did.
        package var refusal: String?
        /// What the device said the run's phase is; nil when the connection ended before.
        package var phase: RunFolder.Phase?
        /// Why the device went back by itself; empty when it did not.
        package var reason = ""
        /// Why staging failed, in the device's words; empty when it did not.
        package var failure = ""
        /// Whether validators ran before anything was changed.
        package var wasRehearsed = false
        /// Whether the device goes back when it restarts before a confirmation.
        package var isArmedForRestart = false
        /// What was wrong or missing before the run and is so after it, as sentences.
        package var asBefore: [String] = []
        /// What of the plan was left undone, while the rest was done.
        package var notDone: [String] = []
        /// What could not be cleared away once the run was decided.
        package var left: [Leftover] = []
        /// Whether the payload went out: from then on the device may have changed.
        package var wasSent = false
        /// Why the connection ended early; nil when it did not.
        package var interruption: ShellError?

        /// Nothing is known yet.
        package init() {}

        /// What is worth telling of a swap that came to its end.
        package var events: [String] {
            let checks =
                wasRehearsed
                ? "Its checks passed before anything was changed."
                : "The device could not rehearse: checks ran after the change and before services used it."
            guard !isArmedForRestart else { return [checks] + asBefore }
            return [checks] + asBefore + [
                "The device has no systemd: a restart before the confirmation would have left the new state."
            ]
        }
    }

    /// What a device says of a run: its phase; nil when it knows of none.
    package struct Status: Sendable, Equatable {
        package var phase: RunFolder.Phase?
        /// The run ended before anything was changed, and was cleared away.
        package var isNothing = false
        package var reason = ""
        /// What could not be cleared away once the run was decided.
        package var left: [Leftover] = []
    }

    private let transport: any DeviceTransport
    private let device: Device
    private let run: RunID
    private var limits: ShellJob.Limits

    package init(transport: any DeviceTransport, device: Device, run: RunID) {
        self.transport = transport
        self.device = device
        self.run = run
        limits = ShellJob.Limits()
        limits.idle = .seconds(3600)
        limits.total = .seconds(7500)
        limits.output = 64 << 20
    }

    /// The steps that check the ground and then take the payload, rehearse, arm the way back and swap.
    package func steps(
        for plan: RestorePlan, wanted: [FileEntry], containers: ContainerRun = ContainerRun()
    ) -> [ScriptStep] {
        let rooms = RestorePayload.rooms(plan, run: run, wanted: wanted, containers: containers)
        return RunSteps.checks(of: rooms) + [RunSteps.stage(run: run)]
    }

    /// The step that confirms, and ends with another status than 0 when nothing was kept.
    /// - Parameter waits: only where `word` is sent to it.
    package func confirmation(waits: Bool = false) -> ScriptStep {
        RunSteps.confirm(run: run, waits: waits)
    }

    /// Whether a run that went back for `reason` left all as it was.
    package static func wentBackWhole(_ reason: String) -> Bool { RunScripts.isWhole(reason) }

    /// What a confirmation that waits is told.
    package static let word = Array("\(RunSteps.word)\n".utf8)

    /// What became of the connection that staged and swapped.
    /// - Parameter steps: the numbers of those that `steps(for:wanted:containers:)` gave.
    package static func staging(
        of reader: RestoreReader, steps: Range<Int>, interruption: ShellError?
    ) async -> Staging {
        var staging = Staging()
        staging.interruption = interruption
        staging.wasSent = await reader.wasSent
        let results = await reader.results
        for index in steps.dropLast() {
            guard let result = results[index], result.status != 0 else { continue }
            staging.obstacles += told(result.lines)
            if staging.obstacles.isEmpty { staging.obstacles = ["the folders could not be checked"] }
        }
        if let result = results[steps.upperBound - 1] { staging.take(result) }
        return staging
    }

    /// Confirms over a connection of its own.
    /// - Throws: `ShellError` when the device cannot be reached.
    package func confirm() async throws(ShellError) -> Status { try await ask(confirmation()) }

    /// Asks what became of a run, waits until it has an end or waits for a confirmation, clears away what never began.
    /// - Parameter time: how long it may take in all; nil for as long as the device needs.
    /// - Throws: `ShellError` when the device cannot be reached.
    package func settle(within time: Duration? = nil) async throws(ShellError) -> Status {
        try await ask(RunSteps.settle(run: run), within: time)
    }

    /// Clears away what is left of a run that was undone, once that was written down.
    /// - Throws: `ShellError` when the device cannot be reached; the next run clears it away then.
    package func forget() async throws(ShellError) { _ = try await ask(RunSteps.forget(run: run)) }

    private func ask(_ step: ScriptStep, within time: Duration? = nil) async throws(ShellError) -> Status {
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary)
        var limits = limits
        limits.connect = .seconds(10)
        limits.idle = .seconds(900)
        if let time { limits.total = time }
        _ = try await transport.run(
            ShellJob(input: FramedScript.bytes(steps: [step], boundary: boundary), limits: limits),
            on: device,
            into: reader)
        return try Self.status(await reader.results[0])
    }

    /// What a device says of a run in the step that asked it.
    /// - Throws: `protocolFailure` when it does not say.
    package static func status(_ result: RestoreReader.StepResult?) throws(ShellError) -> Status {
        let answers = [0, RunSteps.otherPhase]
        guard let result, result.hasEnded, let code = result.status, answers.contains(code) else {
            let lines = result?.lines ?? []
            throw ShellError(
                .protocolFailure,
                "the device did not say what became of the restore: \(lines.suffix(3).joined(separator: "; "))"
            )
        }
        var status = Status()
        status.phase = phase(in: result.lines)
        status.isNothing = result.lines.contains("holdfast: phase nothing")
        status.reason = text(after: "holdfast: because ", in: result.lines)
        status.left = Leftover.told(in: result.lines)
        return status
    }

    fileprivate static func phase(in lines: [String]) -> RunFolder.Phase? {
        lines.reversed().lazy.compactMap { line in
            line.hasPrefix("holdfast: phase ")
                ? RunFolder.Phase(rawValue: String(line.dropFirst("holdfast: phase ".count))) : nil
        }.first
    }

    fileprivate static func text(after prefix: String, in lines: [String]) -> String {
        guard let index = lines.firstIndex(where: { $0.hasPrefix(prefix) }) else { return "" }
        let rest = [String(lines[index].dropFirst(prefix.count))] + lines[(index + 1)...].prefix(6)
        return rest.filter { !$0.hasPrefix("holdfast: phase") && !$0.isEmpty }.joined(separator: "; ")
    }

    private static func told(_ lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix("holdfast: ") }.map { String($0.dropFirst("holdfast: ".count)) }
    }
}

extension RestoreSession.Staging {
    /// Takes in what the step that stages and swaps said.
    package mutating func take(_ result: RestoreReader.StepResult) {
        let lines = result.lines
        wasRehearsed = lines.contains("holdfast: rehearsed")
        isArmedForRestart = lines.contains("holdfast: armed for a restart")
        func told(_ prefix: String) -> [String] {
            lines.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        }
        asBefore = told(RunSteps.asBefore)
        notDone = told(RunSteps.notDone)
        left = Leftover.told(in: lines)
        phase = RestoreSession.phase(in: lines)
        reason = RestoreSession.text(after: "holdfast: because ", in: lines)
        guard result.hasEnded, result.status != 0, result.status != RunSteps.otherPhase else { return }
        phase = nil
        let refused = lines.firstIndex { $0.hasPrefix("holdfast: refused ") }
        if let refused {
            let words = lines[(refused + 1)...].filter { !$0.hasPrefix("holdfast: ") && !$0.isEmpty }
            refusal =
                lines[refused].dropFirst("holdfast: refused ".count) + ": "
                + words.prefix(8).joined(separator: "; ")
        } else {
            let told = lines.filter { !$0.isEmpty && !$0.hasPrefix("holdfast: phase") }
            failure = told.suffix(4).joined(separator: "; ")
            if failure.isEmpty { failure = "status \(result.status ?? -1)" }
        }
    }
}
