package import Basics

/// One thing a plan would do on the device.
package struct RestoreStep: Sendable, Equatable {
    /// What is done.
    package enum Action: String, Sendable, CaseIterable {
        /// A file, folder or link that is missing is made.
        case create
        /// One that differs is replaced.
        case replace
        /// One that the backup does not have is taken away.
        case remove
        /// Mode, owner or attributes of a folder are set.
        case attributes
        /// A folder that later steps need is made, where it is missing.
        case folder
        /// A group is made, or gets the members it lacks.
        case group
        /// An account is made.
        case user
        /// A package that is missing is installed.
        case install
        /// A package that a run brought is taken away again, with its configuration and what it kept.
        case uninstall
        /// An installed package is marked as asked for by hand, as a dependency, as held.
        case mark
        /// A unit is enabled, disabled or masked, as it was.
        case unit
        case pullImage = "pull-image"
        case createNetwork = "create-network"
        case removeNetwork = "remove-network"
        /// A volume is made and filled, or gets another content, before any container starts.
        case createVolume = "create-volume"
        case replaceVolume = "replace-volume"
        case removeVolume = "remove-volume"
        /// The whole content of a bind mount is replaced while no container runs that uses it.
        case replaceData = "replace-data"
        /// A bind mount that a run brought goes again, with all that its containers have written since.
        case removeData = "remove-data"
        case createContainer = "create-container"
        /// The one that is there is kept aside until the run is decided.
        case replaceContainer = "replace-container"
        case startContainer = "start-container"
        case removeContainer = "remove-container"
        /// An instance of LXD or Incus that is missing comes from its export.
        case importInstance = "import-instance"
        case removeInstance = "remove-instance"
        /// A profile, network or storage pool that instances share.
        case createInstancePart = "create-instance-part"
        case removeInstancePart = "remove-instance-part"

        /// Whether it changes a path.
        package var isOfFile: Bool {
            switch self {
            case .create, .replace, .remove, .attributes: true
            default: false
            }
        }

        /// Whether it takes away what containers, instances or the programs of a package have written.
        package var takesData: Bool {
            switch self {
            case .replaceVolume, .replaceData, .removeData, .removeVolume, .removeContainer, .removeInstance,
                .uninstall:
                true
            default: false
            }
        }

        /// Whether it takes something from the machine which no way back of this plan brings again.
        package var takesForGood: Bool {
            switch self {
            case .uninstall, .removeNetwork, .removeVolume, .removeData, .removeContainer, .removeInstance,
                .removeInstancePart:
                true
            default: false
            }
        }

        /// Whether it changes something of a container engine.
        package var isOfEngine: Bool {
            switch self {
            case .pullImage, .createNetwork, .removeNetwork, .createVolume, .replaceVolume, .replaceData,
                .removeData, .removeVolume, .createContainer, .replaceContainer, .startContainer,
                .removeContainer, .importInstance, .removeInstance, .createInstancePart, .removeInstancePart:
                true
            default: false
            }
        }
    }

    /// How much can go wrong.
    package enum Risk: String, Sendable, CaseIterable, Comparable {
        case low
        case medium
        /// May cut the way to the machine, or stop what people use.
        case high

        package static func < (left: Risk, right: Risk) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package var action: Action
    /// The path, the package or the unit: any bytes but NUL.
    package var subject: [UInt8]
    /// Section of the backup that it belongs to.
    package var section: String
    /// What differs, for people: `content`, `mode 0644 -> 0600`, `owner …`.
    package var what: [String]
    /// Unified diff of a text, secrets hidden.
    package var text: [String]
    package var risk: Risk
    /// Areas of the system it belongs to: `sshd`, `network`; names of `RestoreArea`.
    package var areas: [String]
    /// Whether the on-device undo brings the present state back exactly.
    package var isReversible: Bool
    /// Whether it makes, or takes back, a folder that is only there for what lies in it.
    ///
    /// Such a folder is made where it is missing, and otherwise left as it is; no section answers for it.
    package var isAround: Bool
    /// For a unit: the state it has and the one it gets; for a package the version, for an account or a group its numbers.
    package var from: String
    package var to: String
    /// Mark of the file as it is now.
    package var before: FileMark
    /// Mark of the file in the backup.
    package var after: FileMark

    package init(
        action: Action, subject: [UInt8], section: String, what: [String] = [], text: [String] = [],
        risk: Risk = .low, areas: [String] = [], isReversible: Bool = true, isAround: Bool = false,
        from: String = "", to: String = "", before: FileMark = FileMark(text: ""),
        after: FileMark = FileMark(text: "")
    ) {
        self.action = action
        self.subject = subject
        self.section = section
        self.what = what
        self.text = text
        self.risk = risk
        self.areas = areas
        self.isReversible = isReversible
        self.isAround = isAround
        self.from = from
        self.to = to
        self.before = before
        self.after = after
    }

    /// The subject for people: a path as it is printed everywhere, any other name as it is.
    package var name: String { isFile ? DeviceText.path(subject) : DeviceText.string(subject) }

    /// Whether it changes a path rather than a package, a unit or a container.
    package var isFile: Bool { action.isOfFile }

    package var json: JSONValue {
        .object([
            "action": .string(action.rawValue), "subject": .string(Hex.string(subject)),
            "name": .string(name), "section": .string(section),
            "what": .array(what.map { .string($0) }), "text": .array(text.map { .string($0) }),
            "risk": .string(risk.rawValue), "areas": .array(areas.map { .string($0) }),
            "reversible": .bool(isReversible), "around": .bool(isAround), "from": .string(from),
            "to": .string(to),
            "before": .string(before.text), "after": .string(after.text),
        ])
    }

    package init?(json: JSONValue) {
        guard let action = json["action"]?.string.flatMap(Action.init(rawValue:)),
            let subject = json["subject"]?.string.flatMap({ Hex.bytes($0) }),
            let risk = json["risk"]?.string.flatMap(Risk.init(rawValue:)),
            let before = json["before"]?.string, let after = json["after"]?.string
        else { return nil }
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        self.init(
            action: action, subject: subject, section: json["section"]?.string ?? "", what: texts("what"),
            text: texts("text"), risk: risk, areas: texts("areas"),
            isReversible: json["reversible"]?.bool ?? false, isAround: json["around"]?.bool ?? false,
            from: json["from"]?.string ?? "", to: json["to"]?.string ?? "", before: FileMark(text: before),
            after: FileMark(text: after))
    }
}
