import Basics
import Collectors
import Restore

/// What uses the things that a plan changes.
enum Blast {
    /// Services and containers by name with the reason, sorted.
    /// - Parameter engine: knows which bind mounts lie behind links.
    static func radius(
        of steps: [RestoreStep], in state: DeviceState, _ engine: EngineState = .absent
    ) -> [String] {
        var affected: Set<String> = []
        let paths = steps.filter(\.isFile).map(\.name)
        let touched = Set(steps.flatMap(\.areas))
        for area in RestoreArea.all where touched.contains(area.name) {
            for unit in area.units {
                guard let item = present(unit, state) else { continue }
                affected.insert("\(item) (its configuration changes)")
            }
            if area.mayCutConnection { affected.insert("the way to the machine (\(area.name))") }
        }
        for unit in Set(steps.compactMap(\.restartedUnit)) {
            guard let item = present(String(unit), state) else { continue }
            affected.insert("\(item) (its unit changes: it is restarted if it runs)")
        }
        for item in state.items["docker-containers"] ?? [] where item.kind == "container" {
            for path in paths where item.fields.values.contains(where: { mentions($0, path) }) {
                affected.insert("container \(item.name) (uses \(path))")
            }
        }
        for container in engine.containers.values {
            let binds = container.binds
            for path in paths where binds.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) {
                affected.insert("container \(container.name) (uses \(path))")
            }
        }
        return affected.sorted()
    }

    private static func present(_ name: String, _ state: DeviceState) -> String? {
        let units = state.items["systemd-units"] ?? []
        guard !units.isEmpty else { return name }
        return units.contains { $0.kind == "unit" && $0.name == name } ? name : nil
    }

    /// Whether a mount or an argument of a container names `path` or a folder around it.
    private static func mentions(_ value: JSONValue, _ path: String) -> Bool {
        switch value {
        case .string(let text):
            text.hasPrefix("/") && text.count > 1 && (path == text || path.hasPrefix(text + "/"))
        case .array(let list): list.contains { mentions($0, path) }
        case .object(let members): members.values.contains { mentions($0, path) }
        default: false
        }
    }
}
