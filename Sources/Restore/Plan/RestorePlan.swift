package import Basics
package import Codecs

/// What a restore would do, in order: never changes once made, and is named by a digest of everything in it.
package struct RestorePlan: Sendable, Equatable {
    /// Version of the stored form.
    package static let format: Int64 = 1

    /// The machine the plan is for, as it was when the plan was made.
    package struct Target: Sendable, Equatable {
        package var device: String
        /// Empty when unknown.
        package var machineID: String
        /// `SHA256:…`; empty for this machine.
        package var hostKey: String

        package init(device: String, machineID: String, hostKey: String) {
            self.device = device
            self.machineID = machineID
            self.hostKey = hostKey
        }
    }

    /// Where the files go.
    package enum Place: Sendable, Equatable {
        /// Where they were.
        case inPlace
        /// Below a new folder of the device, which is made.
        case folder(String)
    }

    package var created: Timestamp
    /// From then on it is refused.
    package var expires: Timestamp
    /// Id of the backup.
    package var backup: String
    /// The backup's tree of files, by its digest.
    package var tree: String
    package var target: Target
    package var place: Place
    /// Sections in scope, by name; what they cover is read anew before anything is changed.
    package var sections: [String]
    /// Globs that paths must match; none for all.
    package var paths: [String]
    /// Globs of paths that are left out.
    package var excludes: [String] = []
    package var steps: [RestoreStep]
    /// Why it cannot be applied; must be empty for that.
    package var conflicts: [String]
    /// What a person should know.
    package var warnings: [String]
    /// Commands that run after the files are in place, in order.
    package var commands: [String]
    /// Services and containers that use what is changed.
    package var affected: [String]
    /// Numbers of owners on another machine, where they differ from the backup's.
    package var owners = OwnerMap()
    /// What a person gave other names on another machine, as `A=B`.
    package var maps: [String] = []
    /// Whether the machine is another one than the backup's, whatever its id says.
    package var isForOther = false
    /// Sections where files that packages of this plan bring, and that the backup lacks, are taken away again.
    package var trims: [String] = []
    /// The run that this is the way back of; empty for any other plan.
    package var undoes = ""
    /// What of the backup's containers is wanted; nil for none.
    package var containers: ContainerRequest?

    package init(
        created: Timestamp, expires: Timestamp, backup: String, tree: String, target: Target, place: Place,
        sections: [String], paths: [String], steps: [RestoreStep], conflicts: [String] = [],
        warnings: [String] = [], commands: [String] = [], affected: [String] = [],
        containers: ContainerRequest? = nil
    ) {
        self.created = created
        self.expires = expires
        self.backup = backup
        self.tree = tree
        self.target = target
        self.place = place
        self.sections = sections
        self.paths = paths
        self.steps = steps
        self.conflicts = conflicts
        self.warnings = warnings
        self.commands = commands
        self.affected = affected
        self.containers = containers
    }

    /// The highest risk of a step.
    package var risk: RestoreStep.Risk { steps.map(\.risk).max() ?? .low }

    /// Whether a step may cut the way to the machine.
    package var mayCutConnection: Bool {
        let cutting = Set(RestoreArea.all.filter(\.mayCutConnection).map(\.name))
        return place == .inPlace && steps.contains { !cutting.isDisjoint(with: $0.areas) }
    }

    /// Places that no login and no network depends on.
    private static let apart = RestoreArea(
        "apart",
        paths: [
            "/srv/", "/opt/", "/mnt/", "/media/", "/var/www/", "/var/spool/cron/", "/etc/crontab",
            "/etc/crontabs/", "/etc/cron.d/", "/etc/cron.hourly/", "/etc/cron.daily/", "/etc/cron.weekly/",
            "/etc/cron.monthly/", "/etc/logrotate.d/", "/etc/nginx/", "/etc/apache2/", "/etc/httpd/",
            "/etc/haproxy/", "/etc/caddy/",
        ])

    /// Whether no step can cut the way to the machine: files alone, all in places that no login and no network depends on,
    /// or in a folder that is new.
    package var cannotCutConnection: Bool {
        guard place == .inPlace else { return true }
        return !touchesEngine && !mayCutConnection
            && steps.allSatisfy { $0.isFile && Self.apart.covers($0.subject) }
    }

    /// Whether something is to be done with containers: also where nothing but files changes that they use.
    package var touchesEngine: Bool {
        steps.contains(where: \.action.isOfEngine) || !(containers?.places.isEmpty ?? true)
    }

    /// The plan's name: 26 letters of a keyed digest of its canonical form; nobody without the key can make one up.
    package func id(hash: KeyedHash) -> String {
        var digest: [UInt8] = []
        hash.digest(canonical).append(to: &digest)
        return Base32.string(Array(digest.prefix(16))).lowercased().filter { $0 != "=" && $0 != "-" }
    }

    /// The stored form: JSON with sorted names and no spaces.
    package var canonical: [UInt8] { JSONWriter.bytes(json) }

    private var json: JSONValue {
        func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
        let folder: JSONValue = if case .folder(let path) = place { .string(path) } else { .null }
        var members: [String: JSONValue] = [
            "format": .int(Self.format), "created": .int(created.nanoseconds),
            "expires": .int(expires.nanoseconds), "backup": .string(backup), "tree": .string(tree),
            "device": .string(target.device), "machineID": .string(target.machineID),
            "hostKey": .string(target.hostKey), "folder": folder, "sections": texts(sections),
            "paths": texts(paths), "steps": .array(steps.map(\.json)), "conflicts": texts(conflicts),
            "warnings": texts(warnings), "commands": texts(commands), "affected": texts(affected),
            "containers": containers?.json ?? .null,
        ]
        if !owners.isEmpty { members["owners"] = owners.json }
        if !excludes.isEmpty { members["excludes"] = texts(excludes) }
        if !maps.isEmpty { members["maps"] = texts(maps) }
        if isForOther { members["other"] = .bool(true) }
        if !trims.isEmpty { members["trims"] = texts(trims) }
        if !undoes.isEmpty { members["undoes"] = .string(undoes) }
        return .object(members)
    }

    /// Reads the stored form; nil when it is none, or one of a newer version.
    package init?(canonical bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), json["format"]?.int == Self.format,
            let created = json["created"]?.int, let expires = json["expires"]?.int,
            let backup = json["backup"]?.string, let tree = json["tree"]?.string,
            let device = json["device"]?.string, let stored = json["steps"]?.array
        else { return nil }
        let steps = stored.compactMap(RestoreStep.init(json:))
        guard steps.count == stored.count else { return nil }
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        self.init(
            created: Timestamp(nanoseconds: created), expires: Timestamp(nanoseconds: expires),
            backup: backup, tree: tree,
            target: Target(
                device: device, machineID: json["machineID"]?.string ?? "",
                hostKey: json["hostKey"]?.string ?? ""),
            place: json["folder"]?.string.map(Place.folder) ?? .inPlace, sections: texts("sections"),
            paths: texts("paths"), steps: steps, conflicts: texts("conflicts"), warnings: texts("warnings"),
            commands: texts("commands"), affected: texts("affected"),
            containers: json["containers"].flatMap(ContainerRequest.init(json:)))
        if let stored = json["owners"] {
            guard let owners = OwnerMap(json: stored) else { return nil }
            self.owners = owners
        }
        excludes = texts("excludes")
        maps = texts("maps")
        isForOther = json["other"]?.bool ?? false
        trims = texts("trims")
        undoes = json["undoes"]?.string ?? ""
        guard canonical == bytes else { return nil }
    }
}
