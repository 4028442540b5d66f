import Basics
import RemoteExecution
import Restore

/// Reads the file of a policy: every name is known, every value has its form, nothing that narrows may be missing.
struct PolicyReader {
    /// What is wrong with the file, as a clause.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private static let names: Set = [
        "policy", "name", "devices", "tag", "sections", "paths", "actions", "areas", "window", "maxRisk",
        "maxSteps", "expires",
    ]

    private let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) { self.members = members }

    /// The policy that the file describes.
    func policy() throws(Problem) -> Policy {
        if let unknown = members.keys.sorted().first(where: { !Self.names.contains($0) }) {
            throw Problem(description: "it has a member ‘\(unknown)’, which means nothing")
        }
        guard members["policy"]?.int == Policy.format else {
            throw Problem(description: "‘policy’ must be \(Policy.format), the version of its form")
        }
        let name = try text("name")
        guard DeviceName(name) != nil else {
            throw Problem(description: "‘name’ is made of letters, digits, ‘.’, ‘_’ and ‘-’, at most 63")
        }
        let (devices, tag) = try scope()
        let (sections, paths) = (try texts("sections"), try texts("paths"))
        guard !sections.isEmpty || !paths.isEmpty else {
            throw Problem(description: "it names neither ‘sections’ nor ‘paths’")
        }
        for path in paths where !path.hasPrefix("/") || path.contains("/../") {
            throw Problem(description: "the path ‘\(path)’ is not absolute")
        }
        guard let maxSteps = members["maxSteps"]?.int, (1...100_000).contains(maxSteps) else {
            throw Problem(description: "‘maxSteps’ must be a number from 1 to 100000")
        }
        return Policy(
            name: name, devices: devices, tag: tag, sections: sections, paths: paths,
            actions: try choices("actions", RestoreStep.Action.self), areas: try areas(),
            window: try window(), maxRisk: try choice("maxRisk", RestoreStep.Risk.self),
            maxSteps: Int(maxSteps), expires: try instant("expires"))
    }

    private func scope() throws(Problem) -> (devices: [String], tag: String) {
        let devices = try texts("devices")
        let tag = members["tag"] == nil ? "" : try text("tag")
        guard devices.isEmpty != tag.isEmpty else {
            throw Problem(description: "it must name either ‘devices’ or a ‘tag’")
        }
        for name in devices + (tag.isEmpty ? [] : [tag]) where DeviceName(name) == nil {
            throw Problem(description: "‘\(name)’ is no name of a device and no tag")
        }
        return (devices, tag)
    }

    private func areas() throws(Problem) -> Set<String> {
        let named = try texts("areas")
        let known = RestoreArea.all.filter(\.mayCutConnection).map(\.name)
        if let unknown = named.first(where: { !known.contains($0) }) {
            throw Problem(
                description:
                    "‘\(unknown)’ is no area that may lock people out; these are: \(known.joined(separator: ", "))"
            )
        }
        return Set(named)
    }

    private func window() throws(Problem) -> PolicyWindow? {
        guard let value = members["window"] else { return nil }
        let problem = Problem(
            description:
                "‘window’ takes ‘days’ (mon … sun; all unless given), ‘from’ and ‘to’ as hh:mm, in UTC")
        guard let window = value.object, Set(window.keys).isSubset(of: ["days", "from", "to"]),
            let from = window["from"]?.string.flatMap(PolicyWindow.minutes),
            let to = window["to"]?.string.flatMap(PolicyWindow.minutes)
        else { throw problem }
        guard let named = window["days"] else { return PolicyWindow(days: Set(0..<7), from: from, to: to) }
        let days = (named.array ?? []).map { day in
            day.string.flatMap { PolicyWindow.dayNames.firstIndex(of: $0) }
        }
        guard !days.isEmpty, !days.contains(nil) else { throw problem }
        return PolicyWindow(days: Set(days.compactMap(\.self)), from: from, to: to)
    }

    // MARK: Values

    private func text(_ name: String) throws(Problem) -> String {
        guard let text = members[name]?.string, !text.isEmpty else {
            throw Problem(description: "‘\(name)’ must be a text")
        }
        return text
    }

    /// Sorted and once each; none where the member is missing.
    private func texts(_ name: String) throws(Problem) -> [String] {
        guard let value = members[name] else { return [] }
        guard let list = value.array, !list.isEmpty, list.count <= 1000,
            list.allSatisfy({ $0.string?.isEmpty == false })
        else { throw Problem(description: "‘\(name)’ must be a list of texts") }
        return Set(list.compactMap(\.string)).sorted()
    }

    private func instant(_ name: String) throws(Problem) -> Timestamp {
        guard let instant = Timestamp(try text(name)) else {
            throw Problem(description: "‘\(name)’ must be an instant in UTC, like 2027-01-31T00:00:00Z")
        }
        return instant
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(Problem) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(name)) else { throw wrong(name, type) }
        return choice
    }

    private func choices<Choice: RawRepresentable & CaseIterable & Hashable>(
        _ name: String, _ type: Choice.Type
    ) throws(Problem) -> Set<Choice> where Choice.RawValue == String {
        let named = try texts(name).map(Choice.init(rawValue:))
        guard !named.isEmpty, !named.contains(nil) else { throw wrong(name, type) }
        return Set(named.compactMap(\.self))
    }

    private func wrong<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) -> Problem where Choice.RawValue == String {
        Problem(
            description: "‘\(name)’ takes: \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
