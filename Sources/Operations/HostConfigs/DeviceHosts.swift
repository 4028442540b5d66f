import Basics
import Collectors
import HostConfig
import RemoteExecution

/// The configuration files of assistants' programs on a device, as its account for logging in has them.
///
/// One script in one connection finds and reads them: names are expanded on the device, and nothing is left there.
struct DeviceHosts: Sendable {
    /// Why a file could not be read, in the word of the script.
    enum Hindrance: String, Sendable, CaseIterable {
        /// It is a link that leads nowhere, or in a circle.
        case nowhere
        case folder
        /// It is a pipe, a socket or a device.
        case strange
        /// The account may not.
        case unread
        case large
    }

    /// One file that was found.
    struct File: Sendable {
        let host: AssistantHost
        let path: String
        /// Where it lies, links followed; nil for a link that leads nowhere.
        let realPath: String?
        /// What the link at `path` says; nil where none is.
        let link: String?
        let mode: UInt32
        let owner: (user: UInt32, group: UInt32)
        let ownerNames: (user: String, group: String)
        /// Seconds since 1970.
        let modified: Int64
        /// Nil where it cannot be read, or is too large.
        let bytes: [UInt8]?
        /// What keeps it from being read; nil where nothing does.
        let hindrance: Hindrance?

        /// Why there are no bytes.
        var obstacle: String {
            switch hindrance {
            case .nowhere: "it is a link to what is not there\(link.map { " (→ \($0))" } ?? "")"
            case .folder: "it is a folder"
            case .strange: "it is no ordinary file"
            case .large: "it is larger than \(ByteCount(Int64(HostFilesProbe.fileLimit)))"
            case .unread, nil: "the account may not read it"
            }
        }

        /// As a backup has it; nil where it cannot be read.
        var copy: HostCopy.File? {
            guard let bytes, let realPath else { return nil }
            var copy = HostCopy.File(
                path: realPath, bytes: bytes, mode: mode, owner: owner, modified: modified * 1_000_000_000,
                attributes: [], links: link.map { [.init(path: path, target: $0)] } ?? [])
            copy.ownerNames = ownerNames
            return copy
        }
    }

    let device: DeviceName
    let files: [File]

    /// What is on the device of that name; nil where none is named.
    static func read(
        _ name: DeviceName?, _ hosts: [AssistantHost], _ context: OperationContext
    ) async throws(OperationError) -> DeviceHosts? {
        guard let device = try await context.device(name) else { return nil }
        return try await read(device, hosts, by: context.services.transport)
    }

    func situations(of host: AssistantHost) -> [HostSituation] {
        files.filter { $0.host.id == host.id }.map { HostSituation($0) }
    }

    /// Those that can be read, as a backup has them.
    func copies(of host: AssistantHost) -> [HostCopy.File] {
        files.filter { $0.host.id == host.id }.compactMap(\.copy)
    }

    /// The bytes of each file, where the program reads it, and where it lies.
    /// - Throws: `ioFailed` for one that cannot be read.
    func texts() throws(OperationError) -> [(place: String, path: String, bytes: [UInt8])] {
        var texts: [(place: String, path: String, bytes: [UInt8])] = []
        for file in files {
            guard let bytes = file.bytes else {
                throw OperationError(.ioFailed, "\(file.path) on \(device) cannot be read: \(file.obstacle)")
            }
            if !texts.contains(where: { $0.path == file.realPath }) {
                texts.append((file.path, file.realPath ?? file.path, bytes))
            }
        }
        return texts
    }

    /// Reads what is there.
    /// - Throws: as reaching a device does; `collectionFailed` where it did not answer as it should.
    static func read(
        _ device: Device, _ hosts: [AssistantHost], by transport: any DeviceTransport
    ) async throws(OperationError) -> DeviceHosts {
        let plan = CollectionPlan(collectors: [HostFilesProbe.self])
        let boundary = FrameBoundary()
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: NoFiles())
        let job = ShellJob(
            input: plan.script(boundary: boundary),
            limits: ShellJob.Limits(idle: .seconds(60), total: .seconds(300)))
        do { _ = try await transport.run(job, on: device, into: reader) } catch {
            throw OperationError(error, device: device.name)
        }
        let results = await reader.results()
        guard results.hasRun else { throw OperationError(shellRefused: device.name, noise: results.noise) }
        let capture = results.captures[HostFilesProbe.name]?.byProbe[HostFilesProbe.probe]
        guard let capture, capture.outcome == .exited(0) else {
            throw OperationError(
                .collectionFailed, "\(device.name) did not say which files of assistants’ programs it has",
                hint: "Look at the device: holdfast device check \(device.name)")
        }
        let wanted = Set(hosts.map(\.id))
        let files = try HostFilesProbe.files(capture.output, device.name)
        return DeviceHosts(device: device.name, files: files.filter { wanted.contains($0.host.id) })
    }
}

/// Reads the files of all known hosts.
enum HostFilesProbe: Collector {
    static let name = "host-configs"
    static let summary = "Configuration files of assistants' programs"
    static let probe = "files"

    static var probes: [Probe] {
        [Probe(probe, timeLimit: 120, script: script)]
    }

    /// The largest file that is read from a device, in bytes.
    static let fileLimit = 16 << 20

    /// Prints two lines for each file.
    ///
    /// First its host, its path, where that leads and what its link says, each in base64 with a full stop behind, and mode,
    /// owner, the owner's names and time; then its bytes in base64.
    private static var script: String {
        """
        hf_encode() { base64 | tr -d '\\n'; echo .; }
        hf_config=${XDG_CONFIG_HOME-}
        case $hf_config in /*) ;; *) hf_config=${HOME-}/.config ;; esac
        hf_show() {
        [ -e "$2" ] || [ -L "$2" ] || return 0
        hf_facts=$(stat -L -c '%a %u %g %U %G %Y' -- "$2" 2>/dev/null) || hf_facts='0 0 0 - - 0'
        hf_size=$(stat -L -c %s -- "$2" 2>/dev/null) || hf_size=0
        echo $1 $(printf %s "$2" | hf_encode) $(readlink -f -- "$2" 2>/dev/null | hf_encode) \
        $(readlink -- "$2" 2>/dev/null | hf_encode) $hf_facts
        if [ ! -e "$2" ]; then echo nowhere
        elif [ -d "$2" ]; then echo folder
        elif [ ! -f "$2" ]; then echo strange
        elif [ ! -r "$2" ]; then echo unread
        elif [ "$hf_size" -gt \(fileLimit) ]; then echo large
        else base64 <"$2" | tr -d '\\n'; echo .; fi
        }
        \(allHosts.flatMap { host in (host.files[.linux] ?? []).compactMap { line(host, $0) } }.joined(separator: "\n"))
        :

        """
    }

    /// The call for one place of a host; what lies in a variable that is not set is none.
    private static func line(_ host: AssistantHost, _ path: HostPath) -> String? {
        guard let (condition, folder, parts) = path.shell else { return nil }
        let below = parts.map { part in
            part.split(separator: "*", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : ShellQuoting.word(String($0)) }.joined(separator: "*")
        }
        let word = ([folder] + below).joined(separator: "/")
        return "\(condition)for hf_file in \(word); do hf_show \(host.id) \"$hf_file\"; done"
    }

    /// What the script printed.
    static func files(
        _ output: [UInt8], _ device: DeviceName
    ) throws(OperationError) -> [DeviceHosts.File] {
        let lines = output.split(separator: 0x0A)
        var files: [DeviceHosts.File] = []
        var seen: Set<String> = []
        var index = 0
        while index < lines.count {
            guard index + 1 < lines.count, let file = file(lines[index], lines[index + 1]) else {
                throw OperationError(
                    .collectionFailed,
                    "\(device) told of its files in words that are not understood, in line \(index + 1)",
                    hint: "It needs base64, readlink and stat, as GNU’s and BusyBox’s are.")
            }
            // A place that two rows lead to is one file of each.
            if seen.insert("\(file.host.id) \(file.path)").inserted { files.append(file) }
            index += 2
        }
        return files
    }

    private static func file(_ head: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) -> DeviceHosts.File? {
        let words = String(decoding: head, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 10, let host = AssistantHost.named(words[0]),
            let path = text(words[1]), path.hasPrefix("/"), let end = text(words[2]),
            let link = text(words[3]),
            let mode = UInt32(words[4], radix: 8), let user = UInt32(words[5]), let group = UInt32(words[6]),
            let modified = Int64(words[9]), modified.magnitude < 1 << 33
        else { return nil }
        let realPath = end.hasSuffix("\n") ? String(end.dropLast()) : end
        guard realPath.isEmpty || realPath.hasPrefix("/") else { return nil }
        var bytes: [UInt8]?
        let hindrance = DeviceHosts.Hindrance(rawValue: String(decoding: body, as: UTF8.self))
        if hindrance == nil {
            guard body.last == UInt8(ascii: "."),
                let decoded = Base64.bytes(String(decoding: body.dropLast(), as: UTF8.self)),
                decoded.count <= fileLimit
            else { return nil }
            bytes = decoded
        }
        return DeviceHosts.File(
            host: host, path: path, realPath: realPath.isEmpty ? nil : realPath,
            link: link.isEmpty ? nil : link.hasSuffix("\n") ? String(link.dropLast()) : link,
            mode: mode & 0o7777,
            owner: (user, group), ownerNames: (name(words[7]), name(words[8])), modified: modified,
            bytes: bytes, hindrance: hindrance)
    }

    /// The name of an account; empty where the device has none.
    private static func name(_ word: String) -> String { ["-", "UNKNOWN"].contains(word) ? "" : word }

    /// What a word in base64 with a full stop behind says; nil for what no path can be.
    private static func text(_ word: String) -> String? {
        guard word.hasSuffix("."), let bytes = Base64.bytes(String(word.dropLast())), !bytes.contains(0)
        else {
            return nil
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension OperationContext {
    /// The device of that name; nil where none is named.
    func device(_ name: DeviceName?) async throws(OperationError) -> Device? {
        guard let name else { return nil }
        let device: Device = try await device(name)
        return device
    }
}

extension DeviceName? {
    /// The same, unless it is this machine, whose files are reached as such.
    var other: DeviceName? { self == .local ? nil : self }
}
