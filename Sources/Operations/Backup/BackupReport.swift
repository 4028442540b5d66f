package import Basics
import RemoteExecution
import Vault

/// What `backup create` did, device by device.
package struct BackupReport: Codable, Sendable, Displayable {
    /// The outcome for one device.
    package struct Device: Codable, Sendable {
        package let device: String
        /// `ok`, `partial` or `failed`.
        package let status: String
        /// The new backup; nil when nothing was stored.
        package let backup: String?
        /// How many sections have which status.
        package let sections: [String: Int]
        /// Sections that are neither whole nor absent, with their reasons.
        package let problems: [String]
        package let files: Int
        package let bytes: ByteCount
        /// Bytes that no earlier backup had, before compression.
        package let newBytes: ByteCount
        package let milliseconds: Int
        /// Code of the error; nil when something was stored.
        package let errorCode: String?
        /// Why nothing was stored; nil when something was.
        package let error: String?
        /// What to do about it; nil when there is nothing to say.
        package let hint: String?
        /// The problems for people; nil in a report that was read back.
        var lines: [String]?

        private enum CodingKeys: String, CodingKey {
            case device, status, backup, sections, problems, files, bytes, newBytes, milliseconds, errorCode,
                error
            case hint
        }
    }

    package let backups: [Device]

    init(outcomes: [BackupFleet.Outcome]) {
        backups = outcomes.map { outcome in
            let summary = outcome.manifest?.summary
            let counts = (summary?.sections ?? [:]).map { ($0.key.rawValue, $0.value) }
            let problems = (outcome.manifest?.sections ?? []).filter {
                $0.status != .ok && $0.status != .absent
            }
            return Device(
                device: outcome.device.name.text, status: summary?.status.rawValue ?? "failed",
                backup: summary?.id.text,
                sections: Dictionary(counts) { first, _ in first },
                problems: problems.map { "\($0.name) \($0.status.rawValue): \($0.reason)" },
                files: summary?.entries ?? 0,
                bytes: ByteCount(summary?.bytes ?? 0), newBytes: ByteCount(summary?.stats.newBytes ?? 0),
                milliseconds: Int(outcome.elapsed / .milliseconds(1)),
                errorCode: outcome.error?.code.rawValue,
                error: outcome.error?.message,
                hint: outcome.error.map(\.hint).flatMap { $0.isEmpty ? nil : $0 },
                lines: SectionTroubles(
                    troubles: problems.map {
                        .init(section: $0.name, status: $0.status.rawValue, reason: $0.reason)
                    }
                ).lines)
        }
    }

    package var isComplete: Bool { backups.allSatisfy { $0.status == "ok" } }

    package var display: [DisplayBlock] {
        let rows = backups.map { device in
            [
                Cell(device.device), Cell(device.status, Self.tone(device.status)),
                Cell(device.backup ?? "–"),
                Cell(String(device.files)), Cell(device.bytes.description), Cell(device.newBytes.description),
                Cell("\(device.milliseconds) ms", .dim),
            ]
        }
        var blocks = [
            DisplayBlock.table(
                columns: [
                    "DEVICE", "STATUS", Column("BACKUP", isWhole: true),
                    Column("FILES", isNumeric: true, isMinor: true),
                    Column("SIZE", isNumeric: true, isMinor: true),
                    Column("NEW", isNumeric: true, isMinor: true),
                    Column("TOOK", isNumeric: true, isMinor: true),
                ], rows: rows, empty: "No device was backed up.")
        ]
        let problems = problems
        if !problems.isEmpty { blocks += [.heading("Not whole"), .lines(problems)] }
        return blocks
    }

    /// What is not whole, each thing where the first device stands that has it; what several say alike is told once.
    private var problems: [Cell] {
        var order: [(line: String, tone: Tone)] = []
        var devices: [String: [String]] = [:]
        for device in backups {
            for line in device.lines ?? device.problems.map({ Excerpt.readable($0) }) {
                if devices[line] == nil { order.append((line, .warning)) }
                devices[line, default: []].append(device.device)
            }
            if let error = device.error {
                let line = error + (device.hint.map { ". \($0)" } ?? "")
                if devices[line] == nil { order.append((line, .bad)) }
                devices[line, default: []].append(device.device)
            }
        }
        return (order.filter { $0.tone != .bad } + order.filter { $0.tone == .bad }).map { line, tone in
            let names = devices[line] ?? []
            // Most errors name their device themselves.
            let isNamed = names.count == 1 && line.contains(names[0])
            return Cell(isNamed ? line : "\(Self.named(names)): \(line)", tone)
        }
    }

    /// A few names, or the first of many and how many there are.
    private static func named(_ devices: [String]) -> String {
        guard devices.count > 4 else { return devices.joined(separator: ", ") }
        return "\(devices.prefix(3).joined(separator: ", ")) and \(devices.count - 3) more"
    }

    /// How a status is shown.
    static func tone(_ status: String) -> Tone {
        switch status {
        case "ok": .good
        case "absent": .dim
        case "partial", "denied": .warning
        default: .bad
        }
    }
}
