import Basics
import HostConfig
import Vault

extension AssistantHost {
    /// The hosts whose file `text` may be, which a backup has at `path`: it is their series, or links of it lead there from
    /// where they look.
    ///
    /// - Parameters:
    ///   - entries: what the backup has, asked for when a text names what a host keeps its servers under.
    static func keeping(
        _ text: String, at path: String, in series: AssistantHost?, _ entries: () async throws -> [FileEntry]
    ) async rethrows -> [AssistantHost] {
        let own = series.map { [$0] } ?? []
        let named = allHosts.filter { host in host.key.last.map { text.contains($0) } ?? true }
        guard !named.isEmpty else { return own }
        let links = try await entries().filter { $0.kind == .symbolicLink }.map { entry in
            PlaceTrace.Link(path: DeviceText.string(entry.path), target: DeviceText.string(entry.linkTarget))
        }
        let ends = links.flatMap { link -> [AssistantHost] in
            let hosts = keeping(link.path)
            guard !hosts.isEmpty, PlaceTrace.of(link.path, by: links)?.end == path else { return [] }
            return hosts
        }
        return own + ends
    }
}
