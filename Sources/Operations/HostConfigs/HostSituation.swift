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
    /// How the path leads to the file; nil for one of a device, and where that cannot be told.
    let trace: PlaceTrace?
    /// Where the file lies, links followed.
    let end: String
    let snapshot: FileSnapshot?
    let state: State
    /// Why it is `invalid` or `unreadable`; empty otherwise.
    let reason: String
    /// The servers in it, by name.
    let servers: [String: JSONValue]
    /// What its program may not take although it is understood here, as a phrase; empty where nothing is.
    var strangeness: String {
        guard host?.format == .json, [.ok, .noServers].contains(state), let bytes = snapshot?.bytes,
            (try? JSONParser.parse(bytes, repairsText: true)) == nil
        else { return "" }
        let title = host?.title ?? ""
        return
            "\(path) is no strict JSON (a comment, a comma too many or a byte order mark); \(title) may refuse it"
    }
    private let host: AssistantHost?
    /// Whether accounts other than the owner may read it.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }
    /// Its permission bits; 0 where it was not read.
    private let mode: UInt32

    init(of host: AssistantHost, at path: String) {
        self.path = path
        self.host = host
        trace = try? PlaceTrace.of(path, home: ProcessEnvironment.value(of: "HOME"))
        end = trace?.end ?? path
        do { snapshot = try FileSnapshot.read(path, limit: Self.limit) } catch {
            snapshot = nil
            mode = 0
            (state, self.reason, servers) = (.unreadable, Self.obstacle(error, trace), [:])
            return
        }
        mode = snapshot?.mode ?? 0
        guard let bytes = snapshot?.bytes else {
            (state, reason, servers) = (.missing, "", [:])
            return
        }
        (state, reason, servers) = Self.look(bytes, host)
    }

    /// Why a file could not be read, in words for people.
    static func obstacle(_ error: SystemError, _ trace: PlaceTrace?) -> String {
        guard error.call == "realpath", error.meansAbsence, let link = trace?.links.last else {
            return FileSnapshot.reason(error, limit: limit)
        }
        return "it is a link to what is not there (→ \(link.target))"
    }

    /// One that was read on a device.
    init(_ file: DeviceHosts.File) {
        path = file.path
        host = file.host
        trace = nil
        end = file.realPath ?? file.path
        snapshot = nil
        mode = file.mode
        if let bytes = file.bytes {
            (state, reason, servers) = Self.look(bytes, file.host)
        } else {
            (state, reason, servers) = (.unreadable, file.obstacle, [:])
        }
    }

    /// One that a device does not have.
    init(missing path: String) {
        self.path = path
        host = nil
        (trace, end) = (nil, path)
        snapshot = nil
        mode = 0
        (state, reason, servers) = (.missing, "", [:])
    }

    /// Whether it is about the place that a backup holds.
    func isOf(_ holding: HostHolding) -> Bool {
        if path == holding.place || trace?.place == holding.place { return true }
        // Earlier backups do not know through which folder the file was reached.
        return holding.place == holding.file.path && end == holding.file.path
    }

    /// What a text says.
    static func look(_ bytes: [UInt8], _ host: AssistantHost) -> (State, String, [String: JSONValue]) {
        guard bytes.contains(where: { ![0x20, 0x09, 0x0A, 0x0D, 0x00, 0xEF, 0xBB, 0xBF].contains($0) }) else {
            return (.empty, "", [:])
        }
        do {
            let document = try host.format.document(bytes)
            switch try document.value(at: host.key) {
            case nil, .null, .object, .array: break
            default: return (.invalid, "‘\(host.key.joined(separator: "."))’ is no table", [:])
            }
            let servers = try host.servers(in: document)
            return (servers.isEmpty ? .noServers : .ok, "", servers)
        } catch { return (.invalid, "\(error)", [:]) }
    }
}
