package import Basics

/// How one probe ended on the device.
package enum ProbeOutcome: Sendable, Equatable {
    /// It ran; its exit status.
    case exited(Int32)
    /// The tool is not installed.
    case absent
    /// Root was needed and could not be had.
    case denied
    /// It was ended after its time limit.
    case timedOut
    /// Its output was cut at the limit.
    case truncated
    /// Something else wrote into its output, of which nothing is kept.
    case mixed
    /// The run ended before this probe did.
    case lost
    /// It ended as in the run whose digest the script brought with it, and printed the same.
    case unchanged
}

/// The recorded output of one probe.
package struct Capture: Sendable, Equatable {
    package var outcome: ProbeOutcome
    package var output: [UInt8]
    package var errors: [UInt8]

    package init(outcome: ProbeOutcome, output: [UInt8] = [], errors: [UInt8] = []) {
        self.outcome = outcome
        self.output = output
        self.errors = errors
    }

    /// The output as lines that lose nothing (`DeviceText`).
    ///
    /// Where the output was cut, a last line without its end is left out: half a name is no name.
    package var lines: [String] {
        if case .exited = outcome { return DeviceText.lines(output) }
        guard let end = output.lastIndex(of: 0x0A) else { return [] }
        return DeviceText.lines(Array(output[...end]))
    }
}

/// The recorded output of a collector's probes, by probe name.
package struct Captures: Sendable, Equatable {
    package var byProbe: [String: Capture]

    package init(_ byProbe: [String: Capture] = [:]) { self.byProbe = byProbe }

    /// The lines that `probe` printed; empty when it did not run.
    package func lines(_ probe: String) -> [String] { byProbe[probe]?.lines ?? [] }

    /// The JSON that `probe` printed; nil when it did not run, printed nothing but white space, or broke off.
    ///
    /// A probe that failed may still have printed something whole, which is then given.
    /// - Throws: `CollectorError` when it succeeded and printed something that is no JSON.
    package func json(_ probe: String) throws(CollectorError) -> JSONValue? {
        guard let capture = byProbe[probe] else { return nil }
        guard capture.output.contains(where: { $0 > 0x20 }) else { return nil }
        do { return try JSONParser.parse(capture.output, repairsText: true) } catch {
            guard case .exited(0) = capture.outcome else { return nil }
            throw CollectorError(probe: probe, "\(error)")
        }
    }
}
