import Basics
import RemoteExecution
import Restore

/// What needs no person any more: plans of one narrow kind, on named machines, until a day.
struct Policy: Sendable, Equatable {
    /// A machine it covers, as it was when the policy was adopted.
    struct Machine: Sendable, Equatable {
        let device: String
        /// `SHA256:…`; empty for this machine.
        let hostKey: String
    }

    /// Version of the file and of the stored form.
    static let format: Int64 = 1
    /// How long a policy may count.
    static let longest = Duration.seconds(366 * 86_400)

    let name: String
    /// Names of devices, sorted; or none where a tag is named.
    let devices: [String]
    /// A tag that devices must carry, when the policy is adopted and when it is used; empty for none.
    let tag: String
    /// Sections that all steps must be of; none for any.
    let sections: [String]
    /// Globs of which one must match each path; none for any.
    let paths: [String]
    /// What steps may do.
    let actions: Set<RestoreStep.Action>
    /// Areas that may lock people out and that it covers all the same, by name.
    let areas: Set<String>
    /// Nil for any time.
    let window: PolicyWindow?
    let maxRisk: RestoreStep.Risk
    let maxSteps: Int
    let expires: Timestamp
    /// Empty until it is adopted.
    var machines: [Machine] = []

    /// The stored form: JSON with sorted names and no spaces.
    var canonical: [UInt8] {
        func texts(_ list: some Sequence<String>) -> JSONValue { .array(list.sorted().map { .string($0) }) }
        var members: [String: JSONValue] = [
            "policy": .int(Self.format), "name": .string(name), "actions": texts(actions.map(\.rawValue)),
            "maxRisk": .string(maxRisk.rawValue), "maxSteps": .int(Int64(maxSteps)),
            "expires": .string(expires.string(fractionDigits: 9)),
        ]
        if !devices.isEmpty { members["devices"] = texts(devices) }
        if !tag.isEmpty { members["tag"] = .string(tag) }
        if !sections.isEmpty { members["sections"] = texts(sections) }
        if !paths.isEmpty { members["paths"] = texts(paths) }
        if !areas.isEmpty { members["areas"] = texts(areas) }
        if let window {
            members["window"] = .object([
                "days": .array(window.days.sorted().map { .string(PolicyWindow.dayNames[$0]) }),
                "from": .string(PolicyWindow.text(window.from)), "to": .string(PolicyWindow.text(window.to)),
            ])
        }
        if !machines.isEmpty {
            members["machines"] = .array(
                machines.map { .object(["device": .string($0.device), "hostKey": .string($0.hostKey)]) })
        }
        return JSONWriter.bytes(.object(members))
    }

    /// Reads the stored form; nil when it is none.
    init?(canonical bytes: [UInt8]) {
        guard let tree = try? JSONParser.parse(bytes), var members = tree.object,
            let machines = members.removeValue(forKey: "machines")?.array,
            let policy = try? PolicyReader(members).policy()
        else { return nil }
        self = policy
        self.machines = machines.compactMap { machine in
            guard let device = machine["device"]?.string, let key = machine["hostKey"]?.string else {
                return nil
            }
            return Machine(device: device, hostKey: key)
        }
        guard canonical == bytes else { return nil }
    }

    init(
        name: String, devices: [String], tag: String, sections: [String], paths: [String],
        actions: Set<RestoreStep.Action>, areas: Set<String>, window: PolicyWindow?,
        maxRisk: RestoreStep.Risk, maxSteps: Int, expires: Timestamp
    ) {
        self.name = name
        self.devices = devices
        self.tag = tag
        self.sections = sections
        self.paths = paths
        self.actions = actions
        self.areas = areas
        self.window = window
        self.maxRisk = maxRisk
        self.maxSteps = maxSteps
        self.expires = expires
    }
}
