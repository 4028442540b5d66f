import Basics
import ConfigText
import HostConfig

/// What one file of a host's configuration is like at this moment.
struct HostSituation {
    /// How it looks.
    enum State: String, Sendable, CaseIterable {
        /// It can be read and holds servers.
        case ok
        /// It can be read and holds no server.
        case noServers = "no-servers"
        /// It has no text at all.
        case empty
        /// It is no text of its format: wiped, cut off, or half written.
        case invalid
        /// It is there and cannot be read.
        case unreadable
        /// There is no such file.
        case missing
    }

    /// The largest file that is looked at, in bytes.
    static let limit = 64 << 20

    let path: String
    let snapshot: FileSnapshot?
    let state: State
    /// Why it is `invalid` or `unreadable`; empty otherwise.
    let reason: String
    /// The names of the servers in it, sorted.
    let servers: [String]
    /// Whether accounts other than the owner may read it.
    var isOpenToOthers: Bool { (snapshot?.mode ?? 0) & 0o077 != 0 }

    init(of host: AssistantHost, at path: String) {
        self.path = path
        do { snapshot = try FileSnapshot.read(path, limit: Self.limit) } catch {
            snapshot = nil
            (state, reason, servers) = (.unreadable, error.reason, [])
            return
        }
        guard let bytes = snapshot?.bytes else {
            (state, reason, servers) = (.missing, "", [])
            return
        }
        (state, reason, servers) = Self.look(bytes, host)
    }

    /// What a text says.
    static func look(_ bytes: [UInt8], _ host: AssistantHost) -> (State, String, [String]) {
        guard bytes.contains(where: { ![0x20, 0x09, 0x0A, 0x0D, 0x00, 0xEF, 0xBB, 0xBF].contains($0) }) else {
            return (.empty, "", [])
        }
        // What is not read here is kept as it is.
        guard host.format != .yaml else { return (.ok, "", []) }
        do {
            let names = try host.format.document(bytes).value(at: host.key)?.object?.keys.sorted() ?? []
            return (names.isEmpty ? .noServers : .ok, "", names)
        } catch { return (.invalid, "\(error)", []) }
    }
}

extension HostPlace {
    /// The files of a host that are here; for one that is not, none.
    func present(of host: AssistantHost) -> [String] {
        if let named = host.named(on: system, environment) { return [named] }
        var seen: Set<String> = []
        return host.paths(on: system, environment).filter { path in
            ((try? Folder.item(path)) ?? nil) != nil && seen.insert(path).inserted
        }
    }
}
