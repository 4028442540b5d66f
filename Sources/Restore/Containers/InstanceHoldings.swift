package import Basics

/// What LXD or Incus holds in its default project, as it lists it.
package struct InstanceHoldings: Sendable, Equatable {
    /// The lists by the probe that prints each.
    package static let lists = ["instances", "profiles", "networks", "storage"]

    /// Instances, profiles, networks that the daemon made, and storage pools, by name.
    package let instances: [String: JSONValue]
    package let profiles: [String: JSONValue]
    package let networks: [String: JSONValue]
    package let pools: [String: JSONValue]
    /// Of what the daemon did not give its list, so that nothing of it is known; an old one has no such list.
    let unlisted: Set<InstancePart.Kind>
    /// How many instances lie in other projects.
    package let elsewhere: Int

    /// - Parameter list: what a probe of `lists` printed, with or without the envelope that the daemon's socket answers with.
    /// - Returns: nil where the instances are not listed.
    init?(list: (_ probe: String) -> JSONValue?) {
        func elements(_ probe: String) -> [JSONValue]? {
            list(probe).flatMap { $0.array ?? $0["metadata"]?.array }
        }
        func byName(_ values: [JSONValue]?) -> [String: JSONValue] {
            let named = (values ?? []).filter(Self.isInDefault).compactMap { value in
                value["name"]?.string.map { ($0, value) }
            }
            return Dictionary(named) { first, _ in first }
        }
        guard let all = elements("instances") else { return nil }
        instances = byName(all)
        elsewhere = all.count { !Self.isInDefault($0) }
        let parts: [InstancePart.Kind: [JSONValue]?] = [
            .profile: elements("profiles"), .network: elements("networks"), .pool: elements("storage"),
        ]
        unlisted = Set(parts.filter { $0.value == nil }.keys)
        profiles = byName(parts[.profile] ?? nil)
        networks = byName((parts[.network] ?? nil)?.filter { $0["managed"]?.bool == true })
        pools = byName(parts[.pool] ?? nil)
    }

    private static func isInDefault(_ value: JSONValue) -> Bool {
        ["default", "", nil].contains(value["project"]?.string)
    }

    /// Whether an instance runs, or is about to.
    func isUp(_ name: String) -> Bool {
        ["Running", "Ready", "Starting"].contains(instances[name]?["status"]?.string)
    }

    /// What the instance needs besides its own export, in the order in which it is made: pools, networks, profiles.
    func parts(of name: String) -> [InstancePart] {
        let instance = instances[name] ?? [:]
        let used = (instance["profiles"]?.array ?? []).compactMap(\.string).filter { $0 != "default" }
        let devices = ([instance] + (used + ["default"]).compactMap { profiles[$0] }).flatMap { holder in
            (holder["devices"]?.object ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
        func named(_ kind: InstancePart.Kind, _ names: [String], _ all: [String: JSONValue]) -> [InstancePart]
        {
            var seen: Set<String> = []
            return names.filter { seen.insert($0).inserted }.map { InstancePart(kind, $0, all[$0]) }
        }
        let links = devices.compactMap { $0["network"]?.string ?? $0["parent"]?.string }
        return named(.pool, devices.compactMap { $0["pool"]?.string }, pools)
            + named(.network, links.filter { networks[$0] != nil }, networks)
            + named(.profile, used, profiles)
    }

    func holds(_ part: InstancePart) -> Bool {
        switch part.kind {
        case .pool: pools[part.name] != nil
        case .network: networks[part.name] != nil
        case .profile: profiles[part.name] != nil
        }
    }
}

/// Something that instances share and that must be there before one of them is imported.
package struct InstancePart: Sendable, Equatable {
    /// The raw value is what the inventory calls it.
    package enum Kind: String, Sendable {
        case pool = "storage-pool"
        case network
        case profile

        /// The client's command for it.
        package var command: String { self == .pool ? "storage" : rawValue }
    }

    package let kind: Kind
    package let name: String
    /// Arguments of the client that make it; nil where it cannot be made without a person.
    package let creation: ArgumentList?
    /// What the client's `edit` reads afterwards; empty where nothing is left to say.
    package let document: String
    /// Why it cannot be made.
    package let obstacle: String

    /// - Parameter value: as the daemon lists it; nil when the backup does not know it.
    init(_ kind: Kind, _ name: String, _ value: JSONValue?) {
        (self.kind, self.name) = (kind, name)
        var obstacle = Self.obstacle(kind, name, value)
        var list = ArgumentList([kind.command, "create", name])
        var document = ""
        switch kind {
        case .pool:
            list.add(value?["driver"]?.string ?? "")
            obstacle = obstacle ?? list.addSettings(value, but: ["source", "volatile.initial_source"])
        case .network:
            list.add("--type=\(value?["type"]?.string ?? "bridge")")
            obstacle = obstacle ?? list.addSettings(value)
        case .profile:
            document = JSONWriter.text([
                "config": value?["config"] ?? [:], "description": value?["description"] ?? "",
                "devices": value?["devices"] ?? [:],
            ])
        }
        self.obstacle = obstacle ?? ""
        self.document = obstacle == nil ? document : ""
        creation = obstacle == nil ? list : nil
    }

    private static func obstacle(_ kind: Kind, _ name: String, _ value: JSONValue?) -> String? {
        guard EngineName.isValid(name) else { return "none can be called so" }
        guard let value else { return "the backup does not say what it was" }
        switch kind {
        case .profile: return nil
        case .network: return value["type"]?.string == "bridge" ? nil : "only bridges are made"
        case .pool:
            let source = value["config"]?["source"]?.string ?? ""
            let own = source.contains("/storage-pools/") || source.contains("/disks/") || source.isEmpty
            guard let driver = value["driver"]?.string, ["btrfs", "dir", "lvm", "zfs"].contains(driver) else {
                return "it is of an unknown kind"
            }
            // On a disk of its own it may hold data still, which making it anew would destroy.
            return own && (driver == "dir" || source.hasSuffix(".img")) ? nil : "it is \(driver) on \(source)"
        }
    }

    /// As people call it.
    package var shownKind: String { kind == .pool ? "storage pool" : kind.rawValue }
}

extension ArgumentList {
    /// The configuration as `key=value`, but for what the daemon notes for itself.
    /// - Returns: why that cannot be done.
    fileprivate mutating func addSettings(_ value: JSONValue?, but others: Set<String> = []) -> String? {
        for (key, setting) in (value?["config"]?.object ?? [:]).sorted(by: { $0.key < $1.key })
        where !others.contains(key) && !key.hasPrefix("volatile.") {
            guard let text = setting.string, EngineName.isValid(key) else {
                return "its setting \(key) is none"
            }
            add("\(key)=\(text)")
        }
        return nil
    }
}
