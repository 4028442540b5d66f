import Basics
import RemoteExecution
import Synchronization
import Vault

/// Backs up many devices at once, a bounded number at a time, each by itself.
struct BackupFleet {
    /// What became of one device.
    struct Outcome: Sendable {
        let device: Device
        let manifest: Manifest?
        let error: OperationError?
        let elapsed: Duration

        /// An error that is not the device's: the vault is full or damaged, or the caller gave up.
        var fatal: OperationError? {
            guard let error else { return nil }
            switch error.code {
            case .diskFull, .ioFailed, .vaultCorrupt, .cancelled: return error
            default: return nil
            }
        }
    }

    let devices: [Device]
    /// The newest backup of each device, by its name.
    let earlier: [String: BackupSummary]
    let request: DeviceBackup.Request
    let vault: Vault
    let lease: WriterLease
    let context: OperationContext

    /// The outcomes in the order of `devices`.
    func run(parallel: Int) async -> [Outcome] {
        let meter = FleetMeter(total: devices.count, progress: context.progress)
        return await withTaskGroup(of: (Int, Outcome)?.self) { group in
            group.addTask {
                await lease.releaseWhenIdle()
                return nil
            }
            var left = devices.count
            var outcomes = [Outcome?](repeating: nil, count: devices.count)
            var next = 0
            func startNext() {
                guard next < devices.count else { return }
                let index = next
                next += 1
                group.addTask { (index, await self.backUp(devices[index], meter)) }
            }
            for _ in 0..<min(parallel, devices.count) { startNext() }
            while left > 0, let next = await group.next() {
                guard let (index, outcome) = next else { continue }
                left -= 1
                outcomes[index] = outcome
                meter.finished(outcome)
                startNext()
            }
            group.cancelAll()
            return outcomes.compactMap(\.self)
        }
    }

    private func backUp(_ device: Device, _ meter: FleetMeter) async -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        let session = WriterSession(lease)
        let backup = DeviceBackup(
            device: device, request: request, vault: vault, earlier: earlier[device.name.text],
            intake: session, context: context,
            onBytes: { meter.received($0) })
        let outcome: Outcome
        do throws(OperationError) {
            let manifest = try await backup.run(committingTo: session)
            outcome = Outcome(device: device, manifest: manifest, error: nil, elapsed: clock.now - start)
        } catch {
            let isCancelled = Task.isCancelled && error.code == .vaultLocked
            let reason = isCancelled ? OperationError(.cancelled, "The backup was cancelled") : error
            outcome = Outcome(device: device, manifest: nil, error: reason, elapsed: clock.now - start)
        }
        await session.end()
        return outcome
    }
}

/// Counts what a fleet's backup has done so far and tells the progress reporter.
private final class FleetMeter: Sendable {
    private struct Counters {
        var done: Int64 = 0
        var bytes: Int64 = 0
    }

    private let total: Int
    private let progress: any ProgressReporter
    private let counters = Mutex(Counters())

    init(total: Int, progress: any ProgressReporter) {
        self.total = total
        self.progress = progress
        report(Counters(), event: nil)
    }

    func received(_ bytes: Int64) {
        report(
            counters.withLock { counters in
                counters.bytes += bytes
                return counters
            }, event: nil)
    }

    func finished(_ outcome: BackupFleet.Outcome) {
        let prefix = "\(outcome.device.name): "
        var reason = outcome.error?.message ?? ""
        // Most errors name the device themselves.
        if reason.hasPrefix(prefix) { reason.removeFirst(prefix.count) }
        let ending = outcome.manifest.map { $0.summary.status.rawValue } ?? "failed: \(reason)"
        report(
            counters.withLock { counters in
                counters.done += 1
                return counters
            }, event: prefix + ending)
    }

    private func report(_ counters: Counters, event: String?) {
        progress.report(
            ProgressUpdate(
                phase: "backing up", done: counters.done, total: Int64(total), unit: "devices",
                bytes: ByteCount(counters.bytes), event: event))
    }
}
