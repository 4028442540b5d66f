import Basics
import ConfigText
import HostConfig

/// One text of a host's file, and what it says: found out once, when it is first asked for.
struct HostText: Sendable {
    /// What was found in it.
    private struct Reading: Sendable {
        var state = HostSituation.State.empty
        var reason = ""
        var isDoubtful = false
        var document: (any ConfigDocument)?
        var servers: [String: JSONValue] = [:]
    }

    let host: AssistantHost
    let bytes: [UInt8]
    private let reading: OnDemand<Reading>

    init(_ bytes: [UInt8], of host: AssistantHost) {
        self.bytes = bytes
        self.host = host
        reading = OnDemand { Self.read(bytes, host) }
    }

    /// `ok`, `noServers`, `empty` or `invalid`; `unreadable` where the library for its format is missing.
    var state: HostSituation.State { reading.value.state }
    /// Whether its format can be read and a name that counts is there twice: its program takes one of them.
    var isDoubtful: Bool { reading.value.isDoubtful }
    /// Why it is `invalid` or `unreadable`; empty otherwise.
    var reason: String { reading.value.reason }
    /// The servers in it, by name.
    var servers: [String: JSONValue] { reading.value.servers }
    /// The text in its format; nil for one that cannot be understood.
    var document: (any ConfigDocument)? { reading.value.document }
    /// Whether nobody can say what it is like, as the library for its format is missing.
    var isUnjudged: Bool { state == .unreadable }
    /// Whether it can be understood, with servers or without.
    var isUnderstood: Bool { state == .ok || state == .noServers }

    private static func read(_ bytes: [UInt8], _ host: AssistantHost) -> Reading {
        var reading = Reading()
        let hasText = bytes.contains { ![0x20, 0x09, 0x0A, 0x0D, 0x00, 0xEF, 0xBB, 0xBF].contains($0) }
        // An empty line is a text of some formats, and none that a crash leaves.
        let isBlank = host.format.takesBlankText && bytes.contains(0x0A) && !bytes.contains(0)
        guard hasText || isBlank else { return reading }
        if let lack = host.format.lack {
            reading.state = .unreadable
            reading.reason = lack
            return reading
        }
        reading.state = .invalid
        do throws(ConfigTextError) {
            let document = try host.format.document(bytes)
            switch try document.value(at: host.key) {
            case nil, .null, .object, .array: break
            default:
                reading.reason = "‘\(host.key.joined(separator: "."))’ is no table"
                return reading
            }
            reading.servers = try host.servers(in: document)
            reading.document = document
            reading.state = reading.servers.isEmpty ? .noServers : .ok
        } catch {
            reading.reason = "\(error)"
            reading.isDoubtful = error.kind == .unsupported
        }
        return reading
    }

    /// What an earlier text had and this one lost, as a phrase; nil where nothing is missed.
    ///
    /// It is all servers, or those behind the end of a text that was cut off.
    func loss(since earlier: HostText) -> String? {
        switch state {
        case .noServers where !earlier.servers.isEmpty: "lost \(earlier.servers.count.counted("server"))"
        case .ok where cutCount(since: earlier) > 0:
            "lost \(cutCount(since: earlier).counted("server")): it was cut off"
        default: nil
        }
    }

    /// How many servers of an earlier text are lost or cut short, where this one is the beginning of it that was cut off; 0
    /// where it is not.
    ///
    /// In YAML and TOML half a text can be understood. Whoever takes out the last entries, or the last lines of one, leaves a
    /// beginning as well: it was cut off where it ends within a line, where an entry is lost and the one before is not
    /// whole, or where one has nothing in it.
    private func cutCount(since earlier: HostText) -> Int {
        guard bytes.count < earlier.bytes.count, earlier.bytes.starts(with: bytes) else { return 0 }
        let lost = earlier.servers.filter { servers[$0.key] != $0.value }
        let cutShort = lost.keys.compactMap { servers[$0] }
        // Where nothing but the end of a last line without an end is missing, somebody may have taken it out.
        let rest = earlier.bytes[bytes.count...]
        let isWithinLine =
            bytes.last != 0x0A && !rest.starts(with: "\n".utf8) && !rest.starts(with: "\r\n".utf8)
            && rest.contains(0x0A)
        let isCut =
            isWithinLine || !cutShort.isEmpty && cutShort.count < lost.count
            || cutShort.contains { $0.object?.isEmpty ?? true }
        return isCut ? lost.count : 0
    }

    /// What the host may not take although it is understood here, as a phrase; empty where nothing is.
    func strangeness(at path: String) -> String {
        guard host.format == .json, isUnderstood else { return "" }
        do throws(JSONError) {
            _ = try JSONParser.parse(bytes, repairsText: true, keepsNumbers: true)
            return ""
        } catch {
            // The reader behind `isUnderstood` takes these, and of a name given twice the last one.
            let reason =
                error.isRepetition
                ? "a name is given twice, of which the last one counts here"
                : "a comment, a comma too many or a byte order mark"
            let place = bytes[..<min(error.offset, bytes.count)].count { $0 == 0x0A } + 1
            return "\(path) is no strict JSON (\(reason); line \(place)); \(host.title) may refuse it"
        }
    }
}
