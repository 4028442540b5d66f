import Basics
import Codecs
import HostConfig
import Vault

/// The backups of one host as one text that needs no Holdfast to be read: JSON, a line each.
///
/// The first line names the format and the host. A line with `content` has the bytes of files in base64, under their
/// SHA-256; a line with `backup` has one backup, oldest first, whose files name their content.
enum HostArchive {
    private static let format = "holdfast-host-config"
    private static let version: Int64 = 1
    /// The longest text that is written or read, in bytes.
    static let limit = 256 << 20

    /// What is wrong with a text.
    struct Failure: Error {
        let reason: String
        /// Counted from 1.
        let line: Int
    }

    // MARK: Writing

    /// - Parameters:
    ///   - vault: the id of the vault that it comes from.
    ///   - count: how many backups follow.
    static func header(_ host: AssistantHost, vault: String?, count: Int) -> JSONValue {
        let line: [String: JSONValue] = [
            "format": .string(format), "version": .int(version), "host": .string(host.id),
            "backups": .int(Int64(count)),
        ]
        return .object(line.merging(vault.map { ["vault": .string($0)] } ?? [:]) { first, _ in first })
    }

    static func hash(_ bytes: [UInt8]) -> String {
        var hash = PlainHash()
        hash.update(bytes[...])
        return hash.hex()
    }

    static func content(_ bytes: [UInt8], hash: String) -> JSONValue {
        ["content": .string(hash), "base64": .string(Base64.string(bytes))]
    }

    static func backup(_ copy: HostCopy, id: String) -> JSONValue {
        let files = copy.files.map { file -> JSONValue in
            let more: [String: JSONValue?] = [
                "place": file.place.map { .string($0) }, "loss": file.loss.map { .string($0) },
                "own": file.isOwn.map { .bool($0) }, "accepted": file.isSettled ? .bool(true) : nil,
            ]
            let own: [String: JSONValue] = [
                "path": .string(file.path), "content": .string(hash(file.bytes)),
                "mode": .int(Int64(file.mode)), "user": .int(Int64(file.owner.user)),
                "group": .int(Int64(file.owner.group)), "modified_ns": .int(file.modified),
                "attributes": .array(
                    file.attributes.map {
                        [
                            "name": .string(Base64.string($0.name)),
                            "value": .string(Base64.string($0.value)),
                        ]
                    }),
            ]
            return .object(own.merging(more.compactMapValues(\.self)) { first, _ in first })
        }
        var line: [String: JSONValue] = [
            "backup": .string(id), "made": .string(copy.made.string(fractionDigits: 9)),
            "name": .string(copy.name), "files": .array(files),
        ]
        if !copy.gone.isEmpty {
            line["gone"] = .array(copy.gone.map { ["place": .string($0.place), "own": .bool($0.isOwn)] })
        }
        if copy.origin != .here { line["from"] = .array(copy.origin.vaults.map { .string($0) }) }
        return .object(line)
    }

    // MARK: Reading

    /// The backups of a text, each whole; one that has nothing in it has no files and nothing that is gone.
    static func read(_ bytes: [UInt8]) throws(Failure) -> [HostCopy] {
        var host: AssistantHost?
        var vault = HostOrigin.unknown
        var contents: [String: [UInt8]] = [:]
        var copies: [HostCopy] = []
        var (count, last): (Int64?, Int) = (nil, 1)
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            let number = index + 1
            last = number
            func fail(_ reason: String) -> Failure { Failure(reason: reason, line: number) }
            let value: JSONValue
            do { value = try JSONParser.parse(Array(line)) } catch { throw fail("it is no JSON: \(error)") }
            if index == 0 {
                guard value["format"]?.string == format else { throw fail("it is no such archive") }
                guard value["version"]?.int == version else { throw fail("its version is not known here") }
                host = value["host"]?.string.flatMap(AssistantHost.named)
                guard host != nil else { throw fail("its program is not known here") }
                vault = value["vault"]?.string ?? vault
                // Earlier versions do not tell.
                count = value["backups"]?.int
            } else if let hash = value["content"]?.string {
                guard let bytes = value["base64"]?.string.flatMap({ Base64.bytes($0) }),
                    Self.hash(bytes) == hash
                else { throw fail("its content is not what its hash says") }
                contents[hash] = bytes
            } else if value["backup"]?.string != nil, let host {
                var copy = try copy(value, host, contents, number)
                copy.origin = HostOrigin([vault] + (value["from"]?.array ?? []).compactMap(\.string))
                copies.append(copy)
            } else {
                throw fail("it is neither a content nor a backup")
            }
        }
        guard host != nil else { throw Failure(reason: "it is empty", line: 1) }
        if let count, count > copies.count {
            throw Failure(
                reason: "\(copies.count) of its \(count) backups are there: it was cut off", line: last)
        }
        return copies
    }

    private static func copy(
        _ value: JSONValue, _ host: AssistantHost, _ contents: [String: [UInt8]], _ line: Int
    ) throws(Failure) -> HostCopy {
        func fail(_ reason: String) -> Failure { Failure(reason: reason, line: line) }
        guard let made = value["made"]?.string.flatMap({ Timestamp($0) }), let name = value["name"]?.string,
            let list = value["files"]?.array
        else { throw fail("its time, name or files are missing") }
        var gone: [(String, Bool)] = []
        for item in value["gone"]?.array ?? [] {
            guard let place = item["place"]?.string, let isOwn = item["own"]?.bool else {
                throw fail("a file that is gone lacks its place")
            }
            gone.append((place, isOwn))
        }
        var files: [HostCopy.File] = []
        for file in list {
            guard let path = file["path"]?.string,
                let bytes = file["content"]?.string.flatMap({ contents[$0] }),
                let mode = file["mode"]?.int.flatMap({ UInt32(exactly: $0) }), mode <= 0o7777,
                let user = file["user"]?.int.flatMap({ UInt32(exactly: $0) }),
                let group = file["group"]?.int.flatMap({ UInt32(exactly: $0) }),
                let modified = file["modified_ns"]?.int
            else { throw fail("a file lacks its path, content, mode, owner or time") }
            var attributes: [FileEntry.Attribute] = []
            for attribute in file["attributes"]?.array ?? [] {
                guard let name = attribute["name"]?.string.flatMap({ Base64.bytes($0) }),
                    let value = attribute["value"]?.string.flatMap({ Base64.bytes($0) })
                else { throw fail("an attribute is no base64") }
                attributes.append(FileEntry.Attribute(name: name, value: value))
            }
            // Bits that change who a program runs as have nothing to do on a configuration, nor has the right of all to write.
            files.append(
                HostCopy.File(
                    path: path, bytes: bytes, mode: mode & 0o755, owner: (user, group), modified: modified,
                    attributes: attributes, place: file["place"]?.string, isOwn: file["own"]?.bool,
                    loss: file["loss"]?.string, isSettled: file["accepted"]?.bool ?? false))
        }
        return HostCopy(host: host, made: made, name: name, files: files, gone: gone)
    }
}
