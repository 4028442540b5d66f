import Basics
import RemoteExecution
import Vault

/// For each device how old its backups and their proofs are, and whether it can be logged in to.
struct DeviceFindings {
    let context: OperationContext

    /// After this a backup is worth a warning, and after that a proof.
    private static let backupAge: Duration = .seconds(7 * 86_400)
    private static let proofAge: Duration = .seconds(Int64(DrillProof.usualDays) * 86_400)

    /// A backup with what is marked on it.
    private struct Known {
        let summary: BackupSummary
        let marks: Marks
    }

    func all() async -> [Finding] {
        let devices: [Device]
        do { devices = try await context.devices() } catch {
            return [Finding("devices", error, verdict: .unknown)]
        }
        var findings = [agent(devices)].compactMap(\.self) + devices.compactMap(identity)
        do {
            let vault = try await context.services.vault()
            var known: [String: [Known]] = [:]
            let all = try await vault.backups().backups
            let marks = try await vault.marks(of: all.map(\.id))
            for summary in all {
                known[summary.device.name, default: []].append(
                    Known(summary: summary, marks: marks[summary.id] ?? Marks()))
            }
            for device in devices {
                let own = known[device.name.text] ?? []
                findings.append(backup(device, own))
                if !own.isEmpty { findings.append(proof(device, own)) }
            }
        } catch { findings.append(Finding("backups of devices", error, verdict: .unknown)) }
        return findings
    }

    private func backup(_ device: Device, _ known: [Known]) -> Finding {
        let subject = "device \(device.name)"
        let hint = "Run: holdfast backup create \(device.name)"
        let widest = known.filter { $0.summary.breadth == .full }
        guard let newest = widest.first else {
            let detail = known.isEmpty ? "never backed up" : "never backed up with all its sections"
            return Finding(subject, .warning, detail, hint: hint)
        }
        let status = newest.summary.status
        let detail = "last backed up \(newest.summary.started), \(status.rawValue)"
        if status == .failed {
            return Finding(subject, .bad, detail, hint: "See: holdfast backup show \(newest.summary.id)")
        }
        guard context.clock.now() - newest.summary.started <= Self.backupAge else {
            return Finding(subject, .warning, detail + ", which is more than a week ago", hint: hint)
        }
        return Finding(
            subject, status == .ok ? .good : .warning, detail,
            hint: status == .ok ? "" : "See: holdfast backup show \(newest.summary.id)")
    }

    /// How long ago a backup of the device was read back, and what failed.
    private func proof(_ device: Device, _ known: [Known]) -> Finding {
        let subject = "proof of \(device.name)"
        if let bad = known.first(where: { $0.marks.evidence?.isGood == false }) {
            return Finding(
                subject, .bad, "backup \(bad.summary.id) is damaged, as a verification found",
                hint: "Back the device up again, then run: holdfast backup verify")
        }
        if let bad = known.first(where: { $0.marks.drill?.isGood == false }) {
            return Finding(
                subject, .bad, "backup \(bad.summary.id) failed its drill",
                hint: "See: holdfast backup show \(bad.summary.id)")
        }
        if let damaged = known.lazy.flatMap(\.marks.damaged).first {
            return Finding(subject, .bad, damaged.message, hint: damaged.hint)
        }
        let hint = "Run: holdfast backup verify latest:\(device.name)"
        let full = known.filter { $0.marks.evidence?.extent == .full }.compactMap(\.marks.evidence?.when)
        guard let newest = full.max() else {
            return Finding(subject, .warning, "no backup was ever read back whole", hint: hint)
        }
        guard context.clock.now() - newest <= Self.proofAge else {
            return Finding(subject, .warning, "last read back whole \(newest), which is long ago", hint: hint)
        }
        return Finding(subject, .good, "last read back whole \(newest)")
    }

    // MARK: Logging in

    /// Whether the agent that the environment names answers; nil where no device is reached over SSH.
    private func agent(_ devices: [Device]) -> Finding? {
        guard devices.contains(where: { $0.connection != .local }) else { return nil }
        guard let path = ProcessEnvironment.value(of: "SSH_AUTH_SOCK"), !path.isEmpty else {
            return Finding("ssh agent", .good, "none is named; key files are used")
        }
        do {
            try UnixSocket.tryConnecting(to: path)
            return Finding("ssh agent", .good, "the one at \(path) answers")
        } catch {
            return Finding(
                "ssh agent", .warning, "the one at \(path) does not answer: \(error.reason)",
                hint: "Start it, or unset SSH_AUTH_SOCK.")
        }
    }

    /// What is wrong with the key file that a device is logged in to with; nil when nothing is.
    private func identity(_ device: Device) -> Finding? {
        guard case .ssh(let target) = device.connection, let file = target.identityFile, file.hasPrefix("/")
        else {
            return nil
        }
        let subject = "login key of \(device.name)"
        do {
            guard let mode = try FileStatus.permissions(of: file) else {
                return Finding(
                    subject, .bad, "\(file) is missing",
                    hint: "Name another with: holdfast device set \(device.name) --identity FILE")
            }
            guard mode & 0o077 == 0 else {
                return Finding(
                    subject, .warning, "others may use \(file)",
                    hint: "Run: chmod 600 \(file.shellWord)")
            }
            return nil
        } catch { return Finding(subject, .bad, "\(error)") }
    }
}
