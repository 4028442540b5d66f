import Basics

/// How much of a section a run brought home.
package enum SectionStatus: String, Sendable, CaseIterable {
    /// Everything there is was read.
    case ok
    /// Something was read and something is missing; the reason names what.
    case partial
    /// The device has nothing of this kind.
    case absent
    /// Nothing was read because root was needed and could not be had.
    case denied
    /// Nothing was read for another reason.
    case failed
}

/// What one run of a collector on one device amounts to, derived from its parts and never from hope.
///
/// `ok` needs every probe to have ended with an accepted status (or its tool to be missing, for a probe the
/// section can do without), every file to have been read, and the output to have been understood.
package struct SectionVerdict: Sendable, Equatable {
    package let status: SectionStatus
    /// What is missing and why, as a sentence without a full stop; empty when `status` is `ok`.
    package let reason: String
    /// The sudoers lines that would let the next run read more, one a line, those that allow more than that with a comment
    /// that says so; empty when there are none.
    package let hint: String
    /// One sentence for each thing that was not read.
    package let gaps: [String]

    /// The verdict on one run.
    /// - Parameters:
    ///   - probes: what the collector asked for.
    ///   - captures: what came back; a probe without a capture counts as lost.
    ///   - files: what became of its files.
    ///   - misunderstood: what `parse` threw.
    ///   - user: the account the run used, for the hint.
    package init(
        probes: [Probe], captures: Captures, files: FilesOutcome = FilesOutcome(),
        misunderstood: CollectorError? = nil, user: String
    ) {
        let findings = probes.map {
            Finding($0, captures.byProbe[$0.name], isUnderstood: misunderstood == nil)
        }
        let gaps =
            findings.compactMap(\.gap) + [misunderstood?.description].compactMap(\.self)
            + Self.gaps(in: files)
        let deciding =
            findings.contains(where: \.probe.isRequired) ? findings.filter(\.probe.isRequired) : findings
        let isBare = files == FilesOutcome(missing: files.missing, rootCommand: files.rootCommand)
        self.gaps = gaps
        hint = Self.hint(findings, files: files, user: user)
        if isBare, deciding.allSatisfy({ $0.result == .absent }), gaps.isEmpty {
            status = .absent
            reason = Self.absence(of: deciding)
        } else {
            let lacking = findings.filter { $0.probe.isRequired && !$0.hasContent }
            status =
                gaps.isEmpty && lacking.isEmpty
                ? .ok
                : Self.hasContent(findings, lacking: lacking, files: files)
                    ? .partial
                    : misunderstood == nil && Self.isOnlyDenied(findings, files: files) ? .denied : .failed
            reason = Self.summary(lacking.filter { $0.result == .absent }.map(\.absence) + gaps)
        }
    }

    /// Whether anything was read that is worth keeping; probes are worth nothing where a required one is
    /// lacking.
    private static func hasContent(_ findings: [Finding], lacking: [Finding], files: FilesOutcome) -> Bool {
        files.found > 0 || (lacking.isEmpty && findings.contains(where: \.hasContent))
    }

    private static func isOnlyDenied(_ findings: [Finding], files: FilesOutcome) -> Bool {
        files.isComplete && files.failed.isEmpty && files.torn.isEmpty
            && !findings.contains { $0.result == .failed }
    }

    private static func absence(of findings: [Finding]) -> String {
        findings.isEmpty ? "none of its files exists" : summary(findings.map(\.absence))
    }

    private static func gaps(in files: FilesOutcome) -> [String] {
        files.denied.map { "\($0) may only be read by root" } + files.failed.map { "\($0) could not be read" }
            + files.torn.map { "\($0) changed while it was read: what is stored of it may mix two states" }
            + (files.isComplete ? [] : [unlooked(files)])
    }

    private static func unlooked(_ files: FilesOutcome) -> String {
        files.broken.map { "not all files came: \($0)" } ?? "the run ended before all files were looked at"
    }

    /// The first few of `sentences`, each once, and how many more there are.
    private static func summary(_ sentences: [String]) -> String {
        var seen: Set<String> = []
        let unique = sentences.filter { seen.insert($0).inserted }
        let shown = unique.prefix(4).joined(separator: "; ")
        return unique.count > 4 ? "\(shown); and \(unique.count - 4) more" : shown
    }

    private static func hint(_ findings: [Finding], files: FilesOutcome, user: String) -> String {
        guard user != "root" else { return "" }
        let commands = findings.filter { $0.result == .denied }.compactMap(\.probe.rootCommand)
        let forFiles = files.denied.isEmpty ? [] : [files.rootCommand].compactMap(\.self)
        return Set(commands + forFiles).sorted()
            .map { command in
                let reach = RootReach(ofRule: command).warning.map { " # \($0)" } ?? ""
                return "\(sudoersName(user)) ALL=(root) NOPASSWD: \(command)\(reach)"
            }
            .joined(separator: "\n")
    }

    /// `user` as a sudoers file spells it: quoted when it is more than letters, digits, `.`, `_` and `-`.
    private static func sudoersName(_ user: String) -> String {
        let isPlain = user.utf8.allSatisfy {
            ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
                || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || ".-_".utf8.contains($0)
        }
        return isPlain && !user.isEmpty ? user : "\"\(user)\""
    }
}

/// One probe and what its capture means.
private struct Finding {
    enum Result { case complete, absent, denied, failed }

    let probe: Probe
    let result: Result
    /// Why the probe gave nothing, or not all; nil when it is complete or its tool is not installed.
    let gap: String?
    /// Whether the probe gave anything the section can hold.
    let hasContent: Bool
    /// What an absent probe says of its absence; nil when it is its tool that is not there.
    private let excuse: String?

    init(_ probe: Probe, _ capture: Capture?, isUnderstood: Bool) {
        self.probe = probe
        let isCut: Bool
        switch capture?.outcome {
        case .exited(let status) where probe.accepted.contains(status):
            (result, gap, isCut) = (.complete, nil, false)
        case .unchanged: (result, gap, isCut) = (.complete, nil, false)
        case .exited(137):
            // As a shell tells it: 128 and the number of the signal.
            (result, gap, isCut) = (.failed, "\(probe.name) was killed on the device", true)
        case .exited(143):
            (result, gap, isCut) = (.failed, "\(probe.name) was ended on the device", true)
        case .exited(let status):
            (result, gap, isCut) = (.failed, "\(probe.name) ended with exit status \(status)", false)
        case .absent: (result, gap, isCut) = (.absent, nil, false)
        case .denied:
            (result, gap, isCut) = (.denied, "\(probe.name) needs root, which could not be had", false)
        case .timedOut:
            (result, gap, isCut) = (.failed, "\(probe.name) was ended after \(probe.timeLimit) s", true)
        case .truncated:
            (result, gap, isCut) = (.failed, "the output of \(probe.name) was cut at its limit", true)
        case .mixed:
            (result, gap, isCut) = (.failed, "\(Self.intruder) wrote into the output of \(probe.name)", false)
        case .lost, nil:
            (result, gap, isCut) = (.failed, "the run ended before \(probe.name) did", true)
        }
        excuse = result == .absent ? Self.excuse(capture?.errors ?? []) : nil
        hasContent = isUnderstood && (result == .complete || (isCut && capture?.output.isEmpty == false))
    }

    /// What writes where only the probe should: most likely a login script, from the background.
    private static let intruder = "something that the account's login started"

    /// The sentence for a probe that found nothing to look at.
    var absence: String {
        excuse ?? probe.tool.map { "\($0) is not installed" }
            ?? "what tells of its \(probe.name) is not installed"
    }

    /// The first line of `errors`, unless a shell says there that it knows no such command.
    private static func excuse(_ errors: [UInt8]) -> String? {
        guard let line = DeviceText.lines(Array(errors.prefix(200))).first(where: { !$0.isEmpty }) else {
            return nil
        }
        return line.hasSuffix("not found") ? nil : line
    }
}
