import Basics
import Operations
import TestSupport
import Testing
import Vault

/// Backups that hold what no honest device has; made here, as whoever has the key could.
@Suite("Hostile backups", .timeLimit(.minutes(10)))
struct HostileBackupTests {
    private let scratch: ScratchFolder
    /// Where the harmless part of each backup lies.
    private var place: String { scratch.path + "/place" }

    init() throws { scratch = try ScratchFolder() }

    private func entry(
        _ path: String, _ kind: FileEntry.Kind = .file, mode: UInt32 = 0o644, to target: String = "",
        size: Int64 = 0, extents: [FileEntry.Extent]? = nil
    ) -> FileEntry {
        FileEntry(
            path: Array(path.utf8), kind: kind, mode: mode, user: "root", group: "root", size: size,
            modified: 1_700_000_000_000_000_000, linkTarget: Array(target.utf8),
            device: kind == .blockDevice || kind == .characterDevice
                ? FileEntry.DeviceNumber(major: 8, minor: 0) : nil, extents: extents)
    }

    /// A backup of this machine whose own paths are `entries`.
    /// - Parameters:
    ///   - blocks: how many 16 MiB of zeros a file called `bomb` says to be made of.
    ///   - claim: how many of them it says to hold.
    private func backup(
        _ services: TestServices, _ entries: [FileEntry],
        files: [(path: String, text: String)] = [], spread: FileEntry? = nil, blocks: Int = 0,
        claim: Int? = nil
    ) async throws -> String {
        let writer = try await services.vault().beginWriting(what: "test")
        var entries = entries
        if blocks > 0 {
            let length = 16 << 20
            let block = ContentRef(
                id: try await writer.store([UInt8](repeating: 0, count: length)), length: length)
            var bomb = entry(place + "/bomb", size: Int64(blocks * length))
            bomb.content = [ContentRef](repeating: block, count: blocks)
            entries.append(bomb)
        }
        let contents = try await writer.store(contents: files.map { Array($0.text.utf8) })
        let inventory = try await writer.store(
            contents: [Array(#"{"items":[],"remarks":[]}"#.utf8)], as: .record)
        let stored = zip(files, contents).map { file, content in
            var entry = spread ?? entry(file.path, size: Int64(file.text.utf8.count))
            entry.content = content
            return entry
        }
        let time = Timestamp(seconds: 1_790_000_000)
        let manifest = try await writer.commit(
            BackupDraft(
                device: BackupDevice(name: "local"), started: time, finished: time, status: .ok,
                tool: "test",
                sections: [
                    SectionRecord(
                        name: "paths", status: .ok, inventory: inventory[0],
                        files: claim ?? entries.count + stored.count)
                ], entries: entries + stored))
        await writer.finish()
        return manifest.id.text
    }

    /// One thing that must not come out, and what is said of it.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Added to the harmless part; `@` stands for its folder, `%` for what is around that.
        let entries: [(path: String, kind: FileEntry.Kind, target: String)]
        /// The path that is named, with the reason.
        let path: String
        let reason: String
    }

    static let cases = [
        Case(
            testDescription: "a name with ..", entries: [("@/../../outside", .file, "")],
            path: "@/../../outside", reason: "holds ‘.’ or ‘..’"),
        Case(
            testDescription: "a name that is not absolute", entries: [("outside", .file, "")],
            path: "outside", reason: "is no absolute path"),
        Case(
            testDescription: "a file below a link out of the root",
            entries: [("@/way", .symbolicLink, "%"), ("@/way/outside", .file, "")], path: "@/way/outside",
            reason: "which is no folder"),
        Case(
            testDescription: "a further name of a file outside",
            entries: [("@/twin", .hardLink, "%/victim")], path: "@/twin",
            reason: "which is no file of the backup"),
        Case(
            testDescription: "a further name through ..",
            entries: [("@/twin", .hardLink, "@/../victim")], path: "@/twin", reason: "‘..’"),
    ]

    private func filled(_ text: String) -> String {
        let around = scratch.path
        return text.split(separator: "@", omittingEmptySubsequences: false).joined(separator: place)
            .split(separator: "%", omittingEmptySubsequences: false).joined(separator: around)
    }

    /// What lies around, which nothing may touch.
    private func around() throws -> String {
        String(
            decoding: try Shell.output(
                "cd '\(scratch.path)' && find . -path ./out -prune -o -path ./drills -prune -o ! -type d -printf '%p %i %n %s %l\\n' | sort"
            ), as: UTF8.self)
    }

    @Test(arguments: cases)
    func `it is named and kept from coming out by every way there is`(_ row: Case) async throws {
        let services = try await TestServices()
        try Shell.run("echo precious >'\(scratch.path)/victim'")
        let before = try around()
        let entries = row.entries.map { entry(filled($0.path), $0.kind, to: filled($0.target)) }
        let id = try await backup(
            services, [entry(place, .folder, mode: 0o755)] + entries, files: [(place + "/good", "good\n")])
        let (path, reason) = (filled(row.path), row.reason)

        for field in ["to", "tar"] {
            let target = scratch.path + "/out/" + field
            try Shell.run("mkdir -p '\(scratch.path)/out'")
            let result = try await services.call(
                "backup export", ["backup": .string(id), field: .string(target), "files_only": true])
            #expect(!result.isComplete)
            let skipped = result.json["skipped"]?.array?.compactMap(\.string) ?? []
            #expect(skipped.contains { $0.hasPrefix(path) && $0.contains(reason) }, "\(skipped)")
        }
        #expect(
            try Shell.output("cat '\(scratch.path)/out/to\(place)/good'") == Array("good\n".utf8))
        let members = String(
            decoding: try Shell.output("tar -tf '\(scratch.path)/out/tar'"), as: UTF8.self)
        #expect(!members.contains("outside") && !members.contains("twin"), "\(members)")
        #expect(members.contains("good"))

        let drill = try await services.call(
            "restore drill", ["backup": .string(id), "scratch": .string(scratch.path + "/drills")])
        let checks = drill.json["checks"]?.array ?? []
        let contents = checks.first { $0["name"] == "contents" }
        #expect(contents?["result"] == "failed", "\(checks)")
        #expect(contents?["reason"]?.string?.contains("\(path) ") == true, "\(checks)")
        #expect(contents?["reason"]?.string?.contains(reason) == true, "\(checks)")

        for more in [["in_place": true], [:]] as [[String: JSONValue]] {
            let plan = try await services.call(
                "restore plan", more.merging(["backup": .string(id)]) { $1 })
            let conflicts = plan.json["conflicts"]?.array?.compactMap(\.string) ?? []
            #expect(conflicts.contains { $0.hasPrefix(path) && $0.contains(reason) }, "\(conflicts)")
            let subjects = plan.json["steps"]?.array?.compactMap { $0["subject"]?.string } ?? []
            #expect(!subjects.contains(path), "\(subjects)")
            #expect(plan.json["plan"]?.string == nil, "\(plan.json)")
            let why = plan.json["notSaved"]?.string ?? ""
            #expect(why.contains("in its way"), "\(why)")
        }
        #expect(try around() == before)
    }

    @Test func `device nodes and setuid files are left out of a plan, and told`() async throws {
        let services = try await TestServices()
        let id = try await backup(
            services,
            [
                entry(place, .folder, mode: 0o755), entry(place + "/disk", .blockDevice, mode: 0o666),
                entry(place + "/memory", .characterDevice, mode: 0o666),
                entry(place + "/shell", mode: 0o4755), entry(place + "/plain"),
            ])
        for more in [[:], ["special": true]] as [[String: JSONValue]] {
            let plan = try await services.call(
                "restore plan", more.merging(["backup": .string(id), "in_place": true]) { $1 })
            let subjects = plan.json["steps"]?.array?.compactMap { $0["subject"]?.string } ?? []
            #expect(subjects.contains(place + "/plain"))
            #expect(subjects.contains(place + "/disk") == !more.isEmpty, "\(subjects)")
            #expect(subjects.contains(place + "/shell") == !more.isEmpty, "\(subjects)")
            let warnings = plan.json["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.count { $0.contains("--special takes it") } == (more.isEmpty ? 3 : 0))
        }
        let drill = try await services.call(
            "restore drill", ["backup": .string(id), "scratch": .string(scratch.path + "/drills")])
        let checks = drill.json["checks"]?.array ?? []
        #expect(
            checks.first { $0["name"] == "special files" }?["reason"]?.string?.hasPrefix("2 device nodes")
                == true, "\(checks)")
    }

    @Test func `holes take neither memory nor time, and those without an end are refused`() async throws {
        let services = try await TestServices()
        // No archive has a form for data of such lengths.
        let data = [FileEntry.Extent(offset: 7, length: 3), FileEntry.Extent(offset: 4096, length: 2)]
        let id = try await backup(
            services,
            [
                entry(place, .folder, mode: 0o755),
                entry(place + "/endless", size: 1 << 62, extents: []),
            ], files: [("", "12345")], spread: entry(place + "/wide", size: 8 << 40, extents: data))
        let tar = scratch.path + "/out.tar"
        let archive = try await services.call(
            "backup export", ["backup": .string(id), "tar": .string(tar), "files_only": true])
        let skipped = archive.json["skipped"]?.array?.compactMap(\.string) ?? []
        #expect(skipped.contains { $0.contains("endless is larger than a file can be") }, "\(skipped)")
        #expect(skipped.contains { $0.contains("wide: its holes take") }, "\(skipped)")
        #expect(try OpenFile(tar, .read).size() < 1 << 20)
        let drill = try await services.call(
            "restore drill", ["backup": .string(id), "scratch": .string(scratch.path + "/drills")])
        #expect("\(drill.json["checks"] ?? .null)".contains("endless is larger than a file can be"))
        let plan = try await services.call("restore plan", ["backup": .string(id), "in_place": true])
        let conflicts = plan.json["conflicts"]?.array?.compactMap(\.string) ?? []
        #expect(conflicts.contains { $0.contains("endless is larger") }, "\(conflicts)")
    }

    @Test func `a small backup that stands for terabytes is refused by every way it could come out`()
        async throws
    {
        let services = try await TestServices()
        let id = try await backup(services, [entry(place, .folder, mode: 0o755)], blocks: 200_000)
        let size = try services.files.items(in: "packs").flatMap { folder in
            try services.files.items(in: "packs/" + folder.name)
        }.reduce(0) { $0 + $1.size }
        #expect(size < 1 << 20, "3 TiB in \(size) bytes")

        for more in [["in_place": true], ["to": .string(place + "/new")]] as [[String: JSONValue]] {
            let plan = try await services.call(
                "restore plan", more.merging(["backup": .string(id)]) { $1 })
            let conflicts = plan.json["conflicts"]?.array?.compactMap(\.string) ?? []
            #expect(
                conflicts.contains {
                    $0.hasPrefix("the plan brings 3.1 TiB to ") && $0.hasSuffix("or restore it in parts")
                }, "\(conflicts)")
        }
        await #expect {
            try await services.call(
                "restore drill", ["backup": .string(id), "scratch": .string(scratch.path + "/drills")])
        } throws: {
            let error = $0 as? OperationError
            return error?.code == .diskFull && error?.message.contains("3.1 TiB are needed") == true
        }
        for field in ["to", "tar"] {
            await #expect {
                try await services.call(
                    "backup export",
                    ["backup": .string(id), field: .string(scratch.path + "/out"), "files_only": true])
            } throws: {
                let error = $0 as? OperationError
                return error?.code == .diskFull
                    && error?.message.contains("3.1 TiB are to be written") == true
            }
            #expect(try Folder.item(scratch.path + "/out") == nil)
        }
        // What is read whole is bounded, and each object is verified once.
        await #expect(throws: OperationError.self) {
            try await services.call("backup cat", ["backup": .string(id), "path": .string(place + "/bomb")])
        }
        #expect(try await services.call("backup verify", ["backup": [.string(id)]]).isComplete)
    }

    @Test func `a backup that says to hold more than a plan takes is refused before its list is read`()
        async throws
    {
        let services = try await TestServices()
        let id = try await backup(services, [entry(place, .folder, mode: 0o755)], claim: 1_000_000)
        for (more, limit) in [(["in_place": true], 500_000), ([:], 200_000)] as [([String: JSONValue], Int)] {
            await #expect {
                try await services.call("restore plan", more.merging(["backup": .string(id)]) { $1 })
            } throws: { error in
                let error = error as? OperationError
                return error?.code == .argumentInvalid && error?.hint.contains("--path") == true
                    && error?.message.hasPrefix(
                        "1000000 files and folders are in scope, more than the \(limit) that one plan")
                        == true
            }
        }
        // The part that was asked for is there, whatever the rest claims.
        let part = try await services.call(
            "restore plan", ["backup": .string(id), "in_place": true, "path": [.string(place)]])
        #expect(part.json["steps"]?.array?.contains { $0["subject"]?.string == place } == true)
    }

    @Test func `of many conflicts and warnings the first ones are told`() async throws {
        let services = try await TestServices()
        var entries = [entry(place, .folder, mode: 0o755)]
        for number in 0..<300 {
            entries.append(entry(place + "/shell\(number)", mode: 0o4755))
            entries.append(entry(place + "/twin\(number)", .hardLink, to: "/nowhere"))
        }
        let id = try await backup(services, entries)
        let plan = try await services.call("restore plan", ["backup": .string(id), "in_place": true])
        for name in ["conflicts", "warnings"] {
            let lines = plan.json[name]?.array?.compactMap(\.string) ?? []
            #expect(lines.contains { $0.hasSuffix("more \(name) of the same kinds") }, "\(lines)")
            #expect(lines.count < 120)
        }
    }

    @Test(.enabled(if: HoldfastHome.isExtended, "a million files take minutes here"), arguments: [nil, 1])
    func `a million files are refused at once, and when the backup says that it has fewer`(
        _ claim: Int?
    ) async throws {
        let services = try await TestServices()
        let count = 1_000_000
        var entries = [entry(place, .folder, mode: 0o755)]
        for number in 0..<count { entries.append(entry(place + "/\(number)")) }
        let id = try await backup(services, entries, claim: claim)
        entries = []
        let clock = ContinuousClock()
        let start = clock.now
        await #expect {
            try await services.call("restore plan", ["backup": .string(id), "in_place": true])
        } throws: { error in
            let error = error as? OperationError
            return error?.code == .argumentInvalid && error?.message.contains("more than the 500000") == true
        }
        print("\(count) entries, \(claim ?? count) claimed: refused in", clock.now - start)
        let part = try await services.call(
            "restore plan",
            ["backup": .string(id), "in_place": true, "path": [.string(place + "/77777")]])
        #expect(part.json["steps"]?.array?.contains { $0["subject"]?.string == place + "/77777" } == true)
        print("a part of it planned after", clock.now - start)
    }
}
