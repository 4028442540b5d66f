package import RemoteExecution

/// The devices that a caller may see and touch.
package enum DeviceScope: Sendable, Equatable {
    case all
    case only(Set<DeviceName>)

    /// Whether the caller may know of that device.
    package func contains(_ name: DeviceName) -> Bool {
        switch self {
        case .all: true
        case .only(let names): names.contains(name)
        }
    }

    /// Whether the caller may know of a device of that name, as manifests and records keep it.
    package func contains(named name: String) -> Bool {
        guard case .only(let names) = self else { return true }
        return names.contains { $0.text == name }
    }

    /// The names, sorted; nil for all devices.
    package var names: [String]? {
        guard case .only(let names) = self else { return nil }
        return names.map(\.text).sorted()
    }
}

/// Which devices an operation can show or touch: what it must be allowed to.
package enum DeviceReach: String, Sendable {
    /// Any device, or what belongs to all of them together: never for callers who may use only some.
    case everything
    /// None at all.
    case nothing
    /// Those alone that the caller's scope holds: it finds devices by the registry of its context, and backups by their
    /// device, and for such a caller others are not there.
    case scoped
}
