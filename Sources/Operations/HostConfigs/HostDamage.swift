import Basics
import HostConfig
import Vault

/// What is wrong with a host's files: each place against the newest backup that has it sound.
struct HostDamage {
    /// What is wrong with one place.
    struct Finding {
        let place: String
        let state: HostSituation.State
        /// What was found, as a phrase.
        let text: String
        /// Whether something has to go before a restore can put it back.
        let isBlocked: Bool
        /// What the place held when it was in order; nil where no backup has it.
        let holding: HostHolding?

        /// Whether its program may understand it all the same.
        let isDoubtful: Bool

        /// Whether it is empty or cannot be understood, which nobody wants.
        var isBroken: Bool { [.empty, .invalid].contains(state) && !isDoubtful }

        /// The one of the backups that cannot be read which may say that it is meant to be so; nil for what nobody wants,
        /// and where none is as new as what would come back and that was kept here.
        func doubt(of unread: [BackupID]) -> BackupID? {
            guard [.missing, .ok, .noServers].contains(state), let holding else { return nil }
            let held = holding.backup.id
            // What was accepted here holds behind newer ones that came in from elsewhere.
            return unread.first { $0 != held && (!holding.isOwn || $0.second >= held.second) }
        }
    }

    let findings: [Finding]

    /// What was found, as phrases.
    var text: String { findings.map(\.text).joined(separator: "; ") }
    /// The newest backup that has one of the places sound; nil where there is none.
    var backup: String? { findings.compactMap(\.holding).newest?.id.text }
    /// Files that lost servers and can be understood.
    private var losses: [Finding] { findings.filter { [.ok, .noServers].contains($0.state) } }
    /// Files that lost servers, as phrases.
    var emptied: [String] { losses.map(\.text) }
    /// The places of those.
    var emptiedPlaces: [String] { losses.map(\.place) }
    /// The places whose file is gone.
    var gonePlaces: [String] { findings.filter { $0.state == .missing }.map(\.place) }
    /// What is gone, as phrases with the backup that has it.
    var gone: [String] {
        findings.filter { $0.state == .missing }.map { finding in
            finding.text + (finding.holding.map { "; \($0.backup.id) has it" } ?? "")
        }
    }
    /// Whether somebody may have meant it so, and a backup may say that.
    var mayBeMeant: Bool {
        findings.contains { $0.holding != nil && [.missing, .ok, .noServers].contains($0.state) }
    }
    /// Whether a file is empty or cannot be understood, which nobody wants.
    var isBroken: Bool { findings.contains(where: \.isBroken) }

    /// Nil where nothing is wrong.
    /// - Parameters:
    ///   - holdings: what the places held, of those that count.
    ///   - place: where a place that no situation tells of is looked at; nil for the files of a device.
    static func find(
        _ host: AssistantHost, _ situations: [HostSituation], _ holdings: [HostHolding],
        at place: HostPlace? = .here
    ) -> HostDamage? {
        var findings: [Finding] = []
        for holding in holdings {
            var now = situations.first { $0.isOf(holding) }
            if now == nil, let place {
                let there = HostSituation(of: host, at: holding.place)
                // A file that is gone with its folder, as that of a project, is missed by nobody else than the program.
                guard there.state != .missing || place.expects(holding.place, of: host) else { continue }
                now = there
            }
            let situation = now ?? HostSituation(missing: holding.place)
            guard !holding.accepts(situation) else { continue }
            if let finding = find(host, situation, holding) { findings.append(finding) }
        }
        for situation in situations where [.empty, .invalid, .unreadable].contains(situation.state) {
            guard !holdings.contains(where: { situation.isOf($0) }) else { continue }
            findings.append(
                Finding(
                    place: situation.path, state: situation.state, text: situation.trouble,
                    isBlocked: situation.isBlocked, holding: nil, isDoubtful: situation.isDoubtful))
        }
        return findings.isEmpty ? nil : HostDamage(findings: findings)
    }

    private static func find(
        _ host: AssistantHost, _ now: HostSituation, _ holding: HostHolding
    ) -> Finding? {
        func finding(_ text: String) -> Finding {
            Finding(
                place: holding.place, state: now.state, text: text, isBlocked: now.isBlocked,
                holding: holding, isDoubtful: now.isDoubtful)
        }
        switch now.state {
        case .unreadable where now.text?.isUnjudged == true:
            // Whether anything is to be put back is not known.
            return Finding(
                place: holding.place, state: now.state, text: now.trouble, isBlocked: true, holding: nil,
                isDoubtful: now.isDoubtful)
        case .empty, .invalid, .missing, .unreadable: return finding(now.trouble)
        case .ok, .noServers:
            return now.text?.loss(since: holding.file.text).map { finding("\(now.path) \($0)") }
        }
    }

    /// Places that were reached through a link and are none now, as phrases.
    static func lostLinks(_ situations: [HostSituation], _ holdings: [HostHolding]) -> [String] {
        situations.compactMap { situation in
            guard let trace = situation.trace, situation.snapshot != nil else { return nil }
            let known = Set(trace.links.map(\.path))
            let links = holdings.first { situation.isOf($0) }?.links ?? []
            return links.first { !known.contains($0.path) }.map { lost in
                "\(lost.path) was a link to \(lost.target) and is none any more"
            }
        }
    }
}

extension [HostDamage.Finding] {
    /// The command that puts back what can be; nil where nothing can.
    /// - Parameter count: how many places of the host are known.
    func offer(_ host: AssistantHost, of count: Int) -> String? {
        // What is in the way of one is in the way of a restore of all.
        let meant = filter { $0.holding != nil && !$0.isBlocked }
        guard !meant.isEmpty else { return nil }
        let names = meant.count < count ? meant.map { " --file \($0.place.shellWord)" } : []
        return "holdfast host-config restore \(host.id)" + names.joined()
    }
}

extension HostSituation {
    /// What is wrong with it, as a phrase; empty where nothing is.
    var trouble: String {
        switch state {
        case .empty: "\(path) is empty"
        case .invalid: "\(path) cannot be understood: \(reason)"
        case .missing: "\(path) is gone" + (block.map { " (\($0))" } ?? "")
        case .unreadable: "\(path) cannot be read: \(reason)"
        case .ok, .noServers: ""
        }
    }
}
