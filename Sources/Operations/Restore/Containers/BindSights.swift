import Basics
import RemoteExecution
import Restore
import Vault

/// What the device has where the bind mounts of a plan's containers lie, asked in one connection.
struct BindSights: Sendable {
    /// Where links of the device lead to which bind mounts name that the backup holds nothing of, by these.
    let links: [String: [String]]
    private let kinds: [String: FolderProbe.Sight.Kind]

    /// - Parameters:
    ///   - starting: names of the containers that are made or started.
    ///   - present: the engine of the device.
    init(
        _ wanted: ContainerPlanning.Wanted, _ request: ContainerRequest, starting: Set<String>,
        besides present: EngineState, on device: Device, _ context: OperationContext
    ) async throws(OperationError) {
        guard !request.leavesContainers else {
            (links, kinds) = ([:], [:])
            return
        }
        let sources = Set(
            wanted.engine.containers.values.filter { starting.contains($0.name) }.flatMap(\.sources))
        let asked = ContainerPlanning.wholeBinds(wanted, request).union(sources).sorted()
        let seen: [[UInt8]: FolderProbe.Sight]
        do {
            seen = try await FolderProbe.sights(
                of: asked.map { Array($0.utf8) }, on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        var kinds: [String: FolderProbe.Sight.Kind] = [:]
        var links: [String: [String]] = [:]
        for path in asked {
            guard let sight = seen[Array(path.utf8)] else { continue }
            kinds[path] = sight.kind
            let isKnown =
                present.links[path] != nil || wanted.engine.links[path] != nil
                || wanted.holdings[path] != nil
                || present.containers.values.contains { $0.sources.contains(path) }
            guard let target = sight.target.map({ DeviceText.string($0) }), sources.contains(path), !isKnown
            else { continue }
            links[path] = [target]
            kinds[target] = sight.kind
        }
        (self.links, self.kinds) = (links, kinds)
    }

    /// Bind mounts that are not there, or lead nowhere.
    var missing: Set<String> { Set(kinds.lazy.filter { $0.value == .nothing }.map(\.key)) }

    /// Containers that would be started on a folder where they mount a file, or the other way round: that fails.
    ///
    /// - Parameters:
    ///   - starting: names of the containers that are started, as the backup has them.
    ///   - steps: the steps of the plan, which may bring what was mounted.
    func conflicts(
        _ wanted: ContainerPlanning.Wanted, starting: Set<String>, _ steps: [RestoreStep],
        replacesData: Bool
    ) -> [String] {
        let containers = starting.sorted().compactMap { wanted.engine.containers[$0] }.filter(\.isUp)
        let held = Self.kinds(of: Set(containers.flatMap(\.binds)), in: wanted.entries)
        let coming = Set(
            steps.lazy.filter { [.create, .replace, .replaceData].contains($0.action) }.map(\.name))
        return containers.flatMap { container in
            Set(container.sources).sorted().compactMap { source -> String? in
                let ways = [source] + (wanted.engine.links[source] ?? [])
                let kept = Set(ways.compactMap { held[$0] })
                guard kept.count == 1, let kind = kept.first, let now = kinds[source], now != .nothing,
                    now != kind, coming.isDisjoint(with: ways)
                else { return nil }
                let (was, isNow) = kind == .folder ? ("folder", "file") : ("file", "folder")
                let way = replacesData ? "" : ", or plan with --replace-data, which brings the backup's"
                return
                    "container \(container.name) mounts the \(was) \(TerminalText.escape(source)), and a \(isNow) is there: move it away\(way)"
            }
        }
    }

    /// Folders and files of the backup among `places`.
    private static func kinds(
        of places: Set<String>, in entries: [FileEntry]
    ) -> [String: FolderProbe.Sight.Kind] {
        let known = Set(places.map { Array($0.utf8) })
        var kinds: [String: FolderProbe.Sight.Kind] = [:]
        for entry in entries where [.folder, .file].contains(entry.kind) && known.contains(entry.path) {
            kinds[DeviceText.string(entry.path)] = entry.kind == .folder ? .folder : .other
        }
        return kinds
    }
}
