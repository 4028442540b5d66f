import Collectors
import RemoteExecution
import Vault

/// What of a scope is not known as a whole on one of the two sides: nothing is planned on it, and a plan says so.
struct PlanGaps: Sendable {
    private let scope: RestoreScope
    private let wanted: DeviceState
    private let present: DeviceState

    init(_ scope: RestoreScope, wanted: DeviceState, present: DeviceState) {
        self.scope = scope
        self.wanted = wanted
        self.present = present
    }

    /// Sections in scope whose packages or units are compared: what could not be read is not missing.
    var compared: Set<String> {
        Set(scope.sections.filter { isRead($0) && !(Self.isOfPackages($0) && wanted.lacking[$0] != nil) })
    }

    /// Of `sections`, those whose packages are not known on the machine.
    func unread(_ sections: some Sequence<String>) -> Set<String> {
        Set(sections.filter { Self.isOfPackages($0) && !isRead($0) })
    }

    /// A sentence for each section that is not compared, or only in part.
    /// - Parameter installs: whether packages are compared at all.
    func sentences(on device: DeviceName, installs: Bool) -> [String] {
        scope.sections.compactMap { section in
            let isOfPackages = Self.isOfPackages(section)
            if isOfPackages, !installs { return nil }
            let side: String
            if !isRead(section) {
                let status = present.sections[section] ?? "missing"
                side =
                    "on \(device) the section ‘\(section)’ is \(status)"
                    + Self.parts(present.lacking[section])
            } else if isOfPackages, let lacking = wanted.lacking[section] {
                side = "the backup's section ‘\(section)’ is not whole" + Self.parts(lacking)
            } else {
                return nil
            }
            if isOfPackages { return "No package is compared or installed, as \(side)" }
            if section == SystemdUnitsCollector.name { return "No unit is switched on or off, as \(side)" }
            // A backup that lacks the same says so itself.
            guard wanted.sections[section] == "ok" else { return nil }
            return "What is missing may be there all the same, and nothing is removed, as \(side)"
        }
    }

    private static func parts(_ probes: [String]?) -> String {
        guard let probes, !probes.isEmpty else { return "" }
        return " (without \(probes.joined(separator: ", ")))"
    }

    private static func isOfPackages(_ section: String) -> Bool { section.hasPrefix("packages-") }

    private func isRead(_ section: String) -> Bool {
        ["ok", "absent", nil].contains(present.sections[section])
    }
}

extension [SectionRecord] {
    /// The probes of each section that gave nothing, or not all, though their tools are there.
    var lacking: [String: [String]] {
        var lacking: [String: [String]] = [:]
        for section in self {
            let probes = allCollectors.first { $0.name == section.name }?.probes ?? []
            let failed = section.captures.filter { capture in
                let accepted = probes.first { $0.name == capture.probe }?.accepted ?? [0]
                return !accepted.contains { capture.outcome == "exited:\($0)" }
            }
            if !failed.isEmpty { lacking[section.name] = failed.map(\.probe) }
        }
        return lacking
    }
}
