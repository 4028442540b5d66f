import Basics
import Vault

/// The symbolic links that a backup holds: where a path led on its machine.
struct HeldLinks: Sendable {
    /// As many as the kernel follows.
    private static let limit = 40

    private let targets: [String: String]

    init(_ entries: [FileEntry]) {
        let links = entries.lazy.filter { $0.kind == .symbolicLink }
        targets = Dictionary(
            links.map { (DeviceText.string($0.path), DeviceText.string($0.linkTarget)) }
        ) { first, _ in first }
    }

    /// Of paths that go through links, these links and where they lead, by the path.
    func ways(to paths: [String]) -> [String: [String]] {
        guard !targets.isEmpty else { return [:] }
        return Dictionary(paths.map { ($0, way(to: $0)) }) { first, _ in first }.filter { !$0.value.isEmpty }
    }

    private func way(to path: String) -> [String] {
        var links: [String] = []
        var rest = path.split(separator: "/")[...]
        var place: [Substring] = []
        while let part = rest.popFirst() {
            switch part {
            case ".": continue
            case "..": _ = place.popLast()
            default:
                let here = "/" + (place + [part]).joined(separator: "/")
                guard let target = targets[here] else {
                    place.append(part)
                    continue
                }
                guard links.count < Self.limit else { return [] }
                links.append(here)
                if target.hasPrefix("/") { place = [] }
                rest = target.split(separator: "/")[...] + rest
            }
        }
        return links.isEmpty ? [] : links + ["/" + place.joined(separator: "/")]
    }
}
