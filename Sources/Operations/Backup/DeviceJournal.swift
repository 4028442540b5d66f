import Basics
import Collectors
import RemoteExecution
import Vault

/// Writes into the log what was done with one device: what was connected, how long each part took, how many bytes came.
struct DeviceJournal {
    private let log: Log
    private let start = ContinuousClock.now

    init(_ device: DeviceName, _ log: Log) { self.log = log.with(["device": .string(device.text)]) }

    /// The device's script came to its end.
    func ran(_ exit: ShellExit) {
        log.info(
            "device was read",
            [
                "connectMilliseconds": milliseconds(exit.connecting),
                "milliseconds": milliseconds(ContinuousClock.now - start), "bytes": .int(exit.received),
            ])
    }

    /// The run broke off; who called decides what that means.
    func failed(_ error: ShellError) {
        log.warning(
            "device was not read to its end",
            [
                "reason": .string(error.message), "code": .string("\(error.code)"),
                "milliseconds": milliseconds(ContinuousClock.now - start),
            ])
    }

    /// How long each section took, and how each of its probes ended.
    func read(_ results: CollectionResults) {
        guard log.writes(.info) else { return }
        var order: [String] = []
        var sums: [String: Duration] = [:]
        for step in results.steps {
            if sums[step.name] == nil { order.append(step.name) }
            sums[step.name, default: .zero] += step.elapsed
        }
        for name in order {
            log.info(
                "section was read",
                ["section": .string(name), "milliseconds": milliseconds(sums[name] ?? .zero)])
            guard log.writes(.debug) else { continue }
            for (probe, capture) in (results.captures[name]?.byProbe ?? [:]).sorted(by: { $0.key < $1.key }) {
                log.debug(
                    "probe ended",
                    [
                        "section": .string(name), "probe": .string(probe),
                        "outcome": .string("\(capture.outcome)"), "bytes": .int(Int64(capture.output.count)),
                    ])
            }
        }
    }

    /// The backup is durable.
    func committed(_ manifest: Manifest) {
        log.info(
            "backup was committed",
            [
                "backup": .string(manifest.id.text), "status": .string(manifest.summary.status.rawValue),
                "files": .int(Int64(manifest.summary.entries)),
                "newBytes": .int(manifest.summary.stats.newBytes),
            ])
    }

    private func milliseconds(_ time: Duration) -> JSONValue { .int(Int64(time / .milliseconds(1))) }
}
