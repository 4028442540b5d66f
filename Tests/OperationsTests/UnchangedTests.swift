import Basics
import Collectors
import LocalExecution
import RemoteExecution
import Synchronization
import TestSupport
import Testing

@testable import Operations
@testable import Vault

/// Backups of a device of which nothing changed, or something did.
@Suite("What is unchanged since the earlier backup", .serialized, .timeLimit(.minutes(5)))
struct UnchangedTests {
    /// Files and long outputs below a folder that lives as long as the process.
    private enum Sample: Collector {
        private static let folder = try? ScratchFolder()
        static let root = folder?.path ?? "/nonexistent"
        static let name = "sample"
        static let summary = "Files of a test"
        static let probes = [
            Probe("long", script: "cat '\(root)/long'"), Probe("short", script: "cat '\(root)/short'"),
        ]
        static let files = FileSet(["\(root)/conf"], discovery: "printf '%s\\n' '\(root)/found'")

        static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
            let length = captures.byProbe["long"]?.output.count ?? 0
            return Inventory(
                captures.lines("short").map { InventoryItem("word", $0, ["length": .int(Int64(length))]) })
        }
    }

    private let services: TestServices
    private let vault: Vault

    init() async throws {
        services = try await TestServices()
        vault = try await services.vault()
        try Shell.run(
            """
            cd '\(Sample.root)' && rm -rf ./* && mkdir conf && echo one >conf/one && echo two >conf/two
            ln conf/two conf/same && ln -s one conf/link && echo found >found && echo word >short
            head -c 40000 /dev/zero | tr '\\0' x >long
            """)
    }

    /// One more backup; `earlier` is the newest one.
    private func create(
        after earlier: Manifest? = nil, full: Bool = false, collectors: [any Collector.Type] = [Sample.self],
        paths: [String] = [], through other: TestServices? = nil,
        lists: CollectionPlan.Listing = .everything, unrecorded: Set<String> = []
    ) async throws -> (manifest: Manifest, received: Int64) {
        let received = Counter()
        var request = DeviceBackup.Request(
            collectors: collectors, name: "", paths: paths, excludes: [], readsAll: full,
            limits: ShellJob.Limits(), lists: lists)
        request.unrecorded = unrecorded
        let session = WriterSession(WriterLease(vault: vault, what: "test") { _ in })
        let backup = DeviceBackup(
            device: .local(added: Timestamp(seconds: 0)), request: request, vault: vault,
            earlier: earlier?.summary, intake: session, context: (other ?? services).context(),
            onBytes: { received.add($0) })
        let manifest = try await backup.run(committingTo: session)
        await session.end()
        return (manifest, received.value)
    }

    /// Backups until all files have lain untouched for long enough to be told from changed ones.
    private func settled(paths: [String] = []) async throws -> Manifest {
        var manifest = try await create(paths: paths).manifest
        while manifest.listing?.digest == nil {
            manifest = try await create(after: manifest, paths: paths).manifest
        }
        return manifest
    }

    private func text(_ name: String, of manifest: Manifest) async throws -> String? {
        let path = Array("\(Sample.root)/\(name)".utf8)
        guard let entry = try await vault.entry(at: path, of: manifest) else { return nil }
        return String(decoding: try await vault.bytes(of: entry.content), as: UTF8.self)
    }

    private func section(_ manifest: Manifest) throws -> SectionRecord {
        try #require(manifest.sections.first { $0.name == Sample.name })
    }

    @Test("Nothing of an unchanged configuration is sent, and everything is in the backup")
    func nothing() async throws {
        let old = try await settled()
        let new = try await create(after: old)
        #expect(new.received == 0 && new.manifest.summary.status == .ok)
        #expect(new.manifest.summary.parent == old.id && new.manifest.listing?.digest == old.listing?.digest)
        #expect(new.manifest.tree == old.tree && new.manifest.sections == old.sections)
        #expect(try await text("conf/one", of: new.manifest) == "one\n")
        #expect(try section(new.manifest).files == 6)
        let whole = try await create(after: new.manifest, full: true)
        #expect(whole.received > 0 && whole.manifest.summary.parent == nil && whole.manifest.tree == old.tree)
    }

    @Test("What is read for who the machine is, and not kept, costs nothing of what is unchanged")
    func unrecorded() async throws {
        let collectors: [any Collector.Type] = [Sample.self, IdentityCollector.factsOnly]
        let name: Set<String> = [IdentityCollector.name]
        let whole = try await create(collectors: [Sample.self, IdentityCollector.self]).manifest
        var old = whole
        while old.listing?.digest == nil || old.id == whole.id {
            old = try await create(after: old, collectors: collectors, unrecorded: name).manifest
            // The facts are asked for even where the backup before has them, and says that they are the same.
            #expect(old.summary.device.machineID == whole.summary.device.machineID)
        }
        #expect(old.sections.map(\.name) == [Sample.name])
        let new = try await create(after: old, collectors: collectors, unrecorded: name)
        #expect(new.received == 0 && new.manifest.listing?.digest == old.listing?.digest)
        let plan = CollectionPlan(collectors: collectors, lists: .everything)
        let earlier = try await EarlierBackup(old, for: plan, without: name, in: vault, outcomes: true)
        #expect(earlier.known.listing != nil)
        #expect(try await EarlierBackup(old, for: plan, in: vault, outcomes: true).known.listing == nil)
    }

    @Test("A changed file is sent alone, even when size and time of its content are as before")
    func changed() async throws {
        let old = try await settled()
        try Shell.run(
            "cd '\(Sample.root)/conf' && touch -r one ../stamp && printf 'ONE\\n' >one && touch -r ../stamp one"
        )
        let new = try await create(after: old)
        #expect(try await text("conf/one", of: new.manifest) == "ONE\n")
        #expect(try await text("found", of: new.manifest) == "found\n")
        // Both names of a file come again, as only together they can be told.
        #expect(new.received == 8)
        // Where it was read so soon, it may have changed again within the same instant of its file system's clock.
        let entries = try await vault.entries(of: new.manifest)
        let one = try #require(entries.firstIndex { $0.path == Array("\(Sample.root)/conf/one".utf8) })
        let began = try #require(new.manifest.listing?.began)
        let nanoseconds = try #require(new.manifest.listing?.nanoseconds)
        let (now, later) = (
            SettledTime(listing: began, nanoseconds: nanoseconds),
            SettledTime(listing: began + 3600, nanoseconds: 0)
        )
        #expect(EarlierFiles(entries, settled: now).isSettled(one) == (new.manifest.listing?.digest != nil))
        let soon = entries[one].changed + 249_000_000
        let sooner = SettledTime(listing: soon / 1_000_000_000, nanoseconds: soon % 1_000_000_000)
        #expect(!EarlierFiles(entries, settled: sooner).isSettled(one))
        #expect(EarlierFiles(entries, settled: later).isSettled(one))
        #expect(!EarlierFiles(entries).isSettled(one))
    }

    @Test("Files that went, came or moved are as they are now")
    func others() async throws {
        let old = try await settled()
        try Shell.run("cd '\(Sample.root)' && rm conf/one && echo new >conf/new && mv conf/two conf/moved")
        let new = try await create(after: old).manifest
        let paths = try await vault.entries(of: new).map {
            String(decoding: $0.path.dropFirst(Sample.root.utf8.count), as: UTF8.self)
        }
        #expect(paths == ["/conf", "/conf/link", "/conf/moved", "/conf/new", "/conf/same", "/found"])
        #expect(try await text("conf/new", of: new) == "new\n")
    }

    @Test("Sections of other backups lend their files under their own names")
    func otherSections() async throws {
        let old = try await settled()
        let new = try await create(after: old, collectors: [IdentityCollector.self, Sample.self])
        let index = try #require(new.manifest.sections.firstIndex { $0.name == Sample.name })
        let own = try await vault.entries(of: new.manifest).filter { $0.path.starts(with: Sample.root.utf8) }
        #expect(own.count == 6 && own.allSatisfy { $0.section == index } && index == 1)
        #expect(try section(new.manifest).files == 6)
    }

    @Test("A run that ends before the unchanged configuration was taken over lends none of it")
    func cutOff() async throws {
        try Shell.run("cd '\(Sample.root)' && mkdir own && echo own >own/file")
        let paths = ["\(Sample.root)/own"]
        let old = try await settled(paths: paths)
        let cutting = try await TestServices(transport: CutTransport(), reopening: services)
        let cut = try await create(after: old, paths: paths, through: cutting).manifest
        #expect(cut.summary.status != .ok && cut.listing?.digest == nil)
        let new = try await create(after: cut, paths: paths).manifest
        #expect(new.summary.status == .ok && new.summary.entries == old.summary.entries)
        #expect(try await text("conf/one", of: new) == "one\n")
        #expect(try await text("own/file", of: new) == "own\n")
    }

    @Test("Names of one file in the configuration and in own paths stay names of one file")
    func linkedAcross() async throws {
        try Shell.run("cd '\(Sample.root)' && mkdir own && ln conf/one own/one")
        let paths = ["\(Sample.root)/own"]
        let old = try await settled(paths: paths)
        let new = try await create(after: old, paths: paths).manifest
        #expect(new.tree == old.tree && new.summary.status == .ok)
        let alone = try await create(after: new).manifest
        #expect(try await text("conf/one", of: alone) == "one\n")
    }

    @Test("A file that tar could not read well is asked for again, though its times are as before")
    func doubtful() async throws {
        let old = try await settled()
        let (one, other) = ("\(Sample.root)/conf/one", "\(Sample.root)/found")
        func doubted(_ errors: String) async throws -> BackupAssembler.Outcome {
            var outcome = BackupAssembler.Outcome(
                entries: try await vault.entries(of: old), lost: [],
                missing: [Array("/never/came".utf8): 0])
            outcome.doubt([
                FileStreamResult(
                    role: .selected, outcome: .exited(1), errors: Array(errors.utf8), failure: nil)
            ])
            return outcome
        }
        let outcome = try await doubted(
            """
            tar: .\(one): Read error at byte 0, while reading 512 bytes: Input/output error
            tar: ./never/came: Cannot open: Permission denied
            tar: ./gone: File removed before we read it
            """)
        #expect(outcome.knowsDoubtful)
        let plan = CollectionPlan(collectors: [Sample.self], lists: .everything)
        let assembler = BackupAssembler(
            intake: await vault.meter(), plan: plan, finder: SectionFinder(collectors: [Sample.self]),
            earlier: EarlierFiles(outcome.entries, settled: SettledTime(listing: 1 << 32, nanoseconds: 0)),
            quota: FileQuota(FileQuota.Terms(), of: .local), onBytes: { _ in })
        var decoder = ListingDecoder()
        let format = ListedFile.format(source: 1)
        let listed = decoder.consume(
            try Shell.output("cd / && find '.\(one)' '.\(other)' -printf '\(format)'"))
        #expect(try await assembler.select(listed) == [Array(one.utf8)])
        // What nobody can find may be any of them.
        #expect(
            try await !doubted("tar: ./elsewhere: File shrank by 1 byte; padding with zeros\n").knowsDoubtful)
    }

    @Test("What a collector and an own path both have is the collector's, however it was read")
    func shared() async throws {
        let old = try await settled(paths: [Sample.root])
        try Shell.run("cd '\(Sample.root)' && echo changed >found && echo changed >conf/one")
        for lists in [CollectionPlan.Listing.ownPaths, .nothing, .everything] {
            let new = try await create(after: old, paths: [Sample.root], lists: lists).manifest
            #expect(try section(new).status == .ok && section(new).files == section(old).files, "\(lists)")
            for name in ["found", "conf/one"] {
                let path = Array("\(Sample.root)/\(name)".utf8)
                let entry = try #require(try await vault.entry(at: path, of: new))
                #expect(new.sections[entry.section].name == Sample.name, "\(name) \(lists)")
                #expect(try await text(name, of: new) == "changed\n")
            }
        }
    }

    /// Changes a bit of the block that holds an object, and lets somebody notice.
    private func damage(_ piece: ContentRef) async throws {
        let index = try await vault.writableIndex().index
        let block = index.blocks[try #require(index.place(of: piece.id)).block]
        let pack = VaultPath.pack(index.packs[Int(block.pack)].id)
        services.files.damage(pack) { $0[Int(block.offset) + 40] ^= 1 }
        _ = try? await services.call("backup verify")
    }

    @Test("What lies in a broken block is read anew")
    func broken() async throws {
        let old = try await settled()
        let entries = try await vault.entries(of: old)
        try await damage(try #require(entries.flatMap(\.content).first))
        let new = try await create(after: old)
        #expect(new.received > 0 && new.manifest.summary.stats.newObjects > 0)
        #expect(try await text("conf/one", of: new.manifest) == "one\n")
        #expect(try await text("found", of: new.manifest) == "found\n")
        #expect(try await services.call("backup verify").isComplete)
    }

    @Test("A long output that is the same is not sent, and a parser that needs it gets it from the vault")
    func outputs() async throws {
        let old = try await create().manifest
        #expect(try section(old).captures.map { $0.digest != nil } == [true, false])
        try Shell.run("cd '\(Sample.root)' && echo other >short")
        let new = try await create(after: old).manifest
        #expect(try section(new).captures[0] == section(old).captures[0])
        let items = try await vault.inventory(of: section(new))
        #expect(items.map(\.name) == ["other"] && items[0].fields["length"] == 40000)
        #expect(new.summary.stats.newBytes < 10_000)
    }

    @Test("A long output that changes is sent, and asked for again only once it has stayed the same")
    func changingOutputs() async throws {
        var manifest = try await create().manifest
        for (text, isAsked) in [("y", false), ("y", true), ("y", true), ("z", false), ("z", true)] {
            try Shell.run("cd '\(Sample.root)' && head -c 30000 /dev/zero | tr '\\0' \(text) >long")
            manifest = try await create(after: manifest).manifest
            let capture = try section(manifest).captures[0]
            #expect((capture.digest != nil) == isAsked)
            #expect(
                try await vault.bytes(of: capture.output)
                    == [UInt8](repeating: text.utf8.first ?? 0, count: 30000))
        }
    }

    @Test("An output that lies in a broken block is sent again")
    func brokenOutput() async throws {
        let old = try await create().manifest
        try await damage(try #require(section(old).captures[0].output.first))
        let new = try await create(after: old).manifest
        #expect(new.summary.status == .ok && new.summary.stats.newBytes >= 40000)
        #expect(try await vault.bytes(of: section(new).captures[0].output).count == 40000)
        #expect(try await services.call("backup verify").isComplete)
    }
}

/// Adds up numbers from any thread.
private final class Counter: Sendable {
    private let sum = Mutex<Int64>(0)
    var value: Int64 { sum.withLock(\.self) }
    func add(_ number: Int64) { sum.withLock { $0 += number } }
}

/// This machine, whose connection ends as soon as it has said that its configuration is the same.
private struct CutTransport: DeviceTransport {
    private actor Consumer: ShellConsumer {
        private let consumer: any ShellConsumer

        init(_ consumer: any ShellConsumer) { self.consumer = consumer }

        func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
            let mark = Array("~\0".utf8)
            guard stream == .standardOutput,
                let start = bytes.indices.first(where: { bytes[$0...].starts(with: mark) })
            else { return try await consumer.receive(bytes, from: stream) }
            _ = try await consumer.receive(Array(bytes[..<(start + mark.count)]), from: stream)
            throw ShellError(.disconnected, "the connection was cut")
        }
    }

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        do { return try await LocalTransport().run(job, on: device, into: Consumer(consumer)) } catch {
            throw ShellError(.disconnected, "the connection was cut")
        }
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        throw ShellError(.disconnected, "there is none")
    }
}
