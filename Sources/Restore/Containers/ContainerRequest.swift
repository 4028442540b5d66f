import Basics

/// What of a backup's containers is wanted, as a plan keeps it.
package struct ContainerRequest: Sendable, Equatable {
    /// Containers by name; none for all.
    package var names: [String]
    /// The name that the one container gets beside the old one; empty to restore it under its own.
    package var newName: String
    /// Publishes no port of the machine.
    package var leavesPortsOut: Bool
    /// Gives volumes and bind mounts that exist the backup's content.
    package var replacesData: Bool
    /// Makes volumes that the backup has no content of.
    package var allowsEmptyVolumes: Bool
    /// Brings back device nodes and setuid files of volumes.
    package var allowsSpecial: Bool
    /// Leaves what the Docker engine holds alone.
    package var leavesContainers = false
    /// Of an engine that is left alone, the volumes whose data comes back all the same.
    package var volumes: [String] = []
    /// Bind mounts that are there and get the backup's content as a whole.
    package var folders: [String] = []
    /// Other paths on the device of what bind mounts show, by their sources.
    package var links: [String: [String]] = [:]
    /// Containers that nobody waits for, as the plan says: they ended and were started again and again.
    package var unproven: [String] = []
    /// Leaves what LXD and Incus hold alone.
    package var leavesInstances = false
    /// What an undo takes away: `container NAME`, `volume NAME`, `network NAME`, `instance lxd NAME`, `part lxd profile NAME`,
    /// `place PATH` of a bind mount; none for any other plan.
    package var removes: [String]
    /// Folders and files whose content the plan changes besides the sections: places of volumes and bind mounts.
    package var places: [String]

    package init(
        names: [String] = [], newName: String = "", leavesPortsOut: Bool = false, replacesData: Bool = false,
        allowsEmptyVolumes: Bool = false, allowsSpecial: Bool = false, removes: [String] = [],
        places: [String] = []
    ) {
        self.names = names
        self.newName = newName
        self.leavesPortsOut = leavesPortsOut
        self.replacesData = replacesData
        self.allowsEmptyVolumes = allowsEmptyVolumes
        self.allowsSpecial = allowsSpecial
        self.removes = removes
        self.places = places
    }

    /// What a bind mount in `removes` begins with; its path follows.
    package static let removedPlace = "place "

    /// The options of ‘restore plan’ that ask for it.
    var options: [String] {
        guard removes.isEmpty else { return [] }
        var words = names.flatMap { ["--container", $0.shellWord] }
        if !newName.isEmpty { words += ["--named", newName.shellWord] }
        if leavesPortsOut { words.append("--without-ports") }
        if replacesData { words.append("--replace-data") }
        if allowsEmptyVolumes { words.append("--empty-volumes") }
        if allowsSpecial { words.append("--special") }
        return words
    }

    var json: JSONValue {
        func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
        var members: [String: JSONValue] = [
            "names": texts(names), "newName": .string(newName), "leavesPortsOut": .bool(leavesPortsOut),
            "replacesData": .bool(replacesData), "allowsEmptyVolumes": .bool(allowsEmptyVolumes),
            "removes": texts(removes), "places": texts(places),
        ]
        if allowsSpecial { members["allowsSpecial"] = .bool(true) }
        if leavesContainers { members["leavesContainers"] = .bool(true) }
        if !volumes.isEmpty { members["volumes"] = texts(volumes) }
        if !folders.isEmpty { members["folders"] = texts(folders) }
        if !links.isEmpty { members["links"] = .object(links.mapValues(texts)) }
        if !unproven.isEmpty { members["unproven"] = texts(unproven) }
        if leavesInstances { members["leavesInstances"] = .bool(true) }
        return .object(members)
    }

    init?(json: JSONValue) {
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        guard let newName = json["newName"]?.string else { return nil }
        self.init(
            names: texts("names"), newName: newName, leavesPortsOut: json["leavesPortsOut"]?.bool ?? false,
            replacesData: json["replacesData"]?.bool ?? false,
            allowsEmptyVolumes: json["allowsEmptyVolumes"]?.bool ?? false,
            allowsSpecial: json["allowsSpecial"]?.bool ?? false, removes: texts("removes"),
            places: texts("places"))
        leavesContainers = json["leavesContainers"]?.bool ?? false
        volumes = texts("volumes")
        folders = texts("folders")
        links = (json["links"]?.object ?? [:]).mapValues { ($0.array ?? []).compactMap(\.string) }
        unproven = texts("unproven")
        leavesInstances = json["leavesInstances"]?.bool ?? false
    }
}
