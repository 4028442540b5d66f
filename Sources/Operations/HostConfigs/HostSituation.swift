import Basics
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
    /// What is in it; nil where nothing is there, or cannot be read.
    let text: HostText?
    /// What keeps it from being read; nil for one that is missing, or was read.
    private let obstacle: String?
    /// Whether something has to go first, before a restore can put a file here: a folder, or what may not be read.
    ///
    /// A link that leads nowhere, in a circle or to no file gives way by itself.
    let isBlocked: Bool
    /// What of those is in the place of a folder above it, as a phrase; nil where nothing is.
    private(set) var block: String?
    var state: State { text?.state ?? (obstacle == nil ? .missing : .unreadable) }
    /// Why it is `invalid` or `unreadable`; empty otherwise.
    var reason: String { obstacle ?? text?.reason ?? "" }
    /// Whether it cannot be understood here, and its program may understand it.
    var isDoubtful: Bool { text?.isDoubtful ?? false }
    /// The servers in it, by name.
    var servers: [String: JSONValue] { text?.servers ?? [:] }
    /// What its program may not take although it is understood here, as a phrase; empty where nothing is.
    var strangeness: String { snapshot == nil ? "" : text?.strangeness(at: path) ?? "" }
    /// Whether accounts other than the owner may read it.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }
    /// Its permission bits; 0 where it was not read.
    private let mode: UInt32

    init(of host: AssistantHost, at path: String) {
        self.path = path
        trace = try? PlaceTrace.of(path, home: HostPlace.home)
        end = trace?.end ?? path
        // What another account points at is not looked at: it would be kept, and put back, as if it were meant.
        if let trace, let text = trace.foreignOrUnknown(from: path) {
            snapshot = nil
            mode = 0
            (self.text, obstacle, isBlocked) = (nil, text, true)
            return
        }
        do throws(SystemError) {
            let found = try FileSnapshot.read(path, limit: Self.limit)
            // Who made the links was asked of others than those that lead there now.
            if let found, let trace { try trace.checkEnd(found) }
            snapshot = found
        } catch {
            snapshot = nil
            mode = 0
            (text, obstacle) = (nil, Self.obstacle(error, trace, at: path))
            isBlocked =
                trace.map { trace in !trace.links.contains { $0.path == trace.place } } ?? !error.meansCircle
            return
        }
        mode = snapshot?.mode ?? 0
        (text, obstacle) = (snapshot.map { HostText($0.bytes, of: host) }, nil)
        if snapshot == nil, let trace {
            // What cannot be told is told by the restore.
            block = (try? PlaceTrace.block(of: trace.end, by: trace.links)) ?? nil
        }
        // A change would reach one of its names alone.
        isBlocked = block != nil || snapshot.map { $0.links > 1 } ?? false
    }

    /// Why a file could not be read, in words for people.
    static func obstacle(_ error: SystemError, _ trace: PlaceTrace?, at path: String) -> String {
        if error.meansCircle, let link = PlaceTrace.circle(path, home: HostPlace.home) {
            return "links lead in a circle (\(link.path) → \(link.target))"
        }
        guard error.call == "realpath", error.meansAbsence, let link = trace?.links.last else {
            return FileSnapshot.reason(error, limit: limit)
        }
        return "it is a link to what is not there (→ \(link.target))"
    }

    /// One that was read on a device.
    init(_ file: DeviceHosts.File) {
        path = file.path
        trace = nil
        end = file.realPath ?? file.path
        snapshot = nil
        // What is no file is nobody's to read.
        mode = file.bytes == nil ? 0 : file.mode
        text = file.bytes.map { HostText($0, of: file.host) }
        obstacle = file.bytes == nil ? file.obstacle : nil
        isBlocked = false
    }

    /// One that a device does not have.
    init(missing path: String) {
        self.path = path
        (trace, end) = (nil, path)
        snapshot = nil
        mode = 0
        (text, obstacle) = (nil, nil)
        isBlocked = false
    }

    /// Whether its place, or where it lies, is this one.
    func isAt(_ place: String) -> Bool { places.contains(place) || end == place }

    /// The paths by which backups know its place.
    var places: [String] { [path] + (trace.map { $0.place == path ? [] : [$0.place] } ?? []) }

    /// Whether it is about the place that a backup holds.
    func isOf(_ holding: HostHolding) -> Bool {
        if path == holding.place || trace?.place == holding.place { return true }
        // Earlier backups do not know through which folder the file was reached.
        return holding.place == holding.file.path && end == holding.file.path
    }
}
