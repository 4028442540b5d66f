import Basics
import HostConfig
import Vault

extension AssistantHost {
    /// Which hosts have their file at a path because links of a backup lead there from where they look.
    static func ends(of entries: [FileEntry]) -> [String: [AssistantHost]] {
        let links = entries.filter { $0.kind == .symbolicLink }.map { entry in
            PlaceTrace.Link(path: DeviceText.string(entry.path), target: DeviceText.string(entry.linkTarget))
        }
        var ends: [String: [AssistantHost]] = [:]
        for link in links {
            let hosts = keeping(link.path)
            guard !hosts.isEmpty, let end = PlaceTrace.of(link.path, by: links)?.end else { continue }
            ends[end, default: []] += hosts
        }
        return ends
    }

    /// Whether `text` names what some host keeps its servers under.
    static func mayKeep(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Set(allHosts.compactMap(\.key.last)).contains {
            ByteSearch.first(Array($0.utf8), in: bytes, from: 0) != nil
        }
    }
}
