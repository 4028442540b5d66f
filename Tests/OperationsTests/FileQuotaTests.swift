import Basics
import Codecs
import Collectors
import RemoteExecution
import TestSupport
import Testing
import Vault

@testable import Operations

/// What a device may say of files before it is ended.
@Suite(.timeLimit(.minutes(5))) struct FileQuotaTests {
    private func assembler(_ terms: FileQuota.Terms) async throws -> BackupAssembler {
        let services = try await TestServices()
        let plan = CollectionPlan(
            collectors: [], ownPaths: CollectionPlan.PathSet(paths: [Array("/srv".utf8)]), lists: .everything)
        return BackupAssembler(
            intake: try await services.vault().meter(), plan: plan, finder: SectionFinder(collectors: []),
            quota: FileQuota(terms, of: .local), onBytes: { _ in })
    }

    private func member(_ path: String, content: Int = 0) -> [TarDecoder.Event] {
        let entry = TarEntry(
            path: Array(path.utf8), kind: .file, mode: 0o644, userID: 0, groupID: 0, userName: "root",
            groupName: "root", size: Int64(content), modified: 0, attributes: [])
        let bytes = content > 0 ? [TarDecoder.Event.content([UInt8](repeating: 1, count: content))] : []
        return [.entry(entry)] + bytes + [.end]
    }

    /// Sends members until one is refused.
    private func refusal(
        _ assembler: BackupAssembler, atMost most: Int = 1_000_000, _ role: CollectionPlan.Role = .ownPaths,
        _ events: (Int) -> [TarDecoder.Event]
    ) async throws -> (error: OperationError, sent: Int)? {
        for number in 1...most {
            do { try await assembler.receive(events(number), of: role) } catch let error as OperationError {
                return (error, number)
            }
        }
        return nil
    }

    @Test func `the first file too many is refused, and the fullest folder is named`() async throws {
        var terms = FileQuota.Terms()
        terms.count = 100
        let found = try await refusal(assembler(terms)) {
            member("/srv/\($0 % 10 == 0 ? "few" : "many")/\($0)")
        }
        let refusal = try #require(found)
        #expect(refusal.sent == 101 && refusal.error.code == .collectionFailed)
        #expect(refusal.error.message.contains("more than the 100 files and folders that one plan compares"))
        #expect(refusal.error.message.hasSuffix("90 of them lie in /srv/many"), "\(refusal.error.message)")
        #expect(refusal.error.hint.contains("--path"))
    }

    @Test func `data that a plan takes as a whole counts by its memory alone`() async throws {
        var terms = FileQuota.Terms(count: 10, memory: 100_000)
        terms.apart = ["/srv/volume"]
        let refusal = try #require(await refusal(assembler(terms)) { member("/srv/volume/\($0)") })
        #expect(refusal.sent > 100 && refusal.sent < 1000)
        #expect(
            refusal.error.message.contains("takes more than 97.7 KiB of memory"), "\(refusal.error.message)")
    }

    @Test func `a listing without end is refused before anything is sent`() async throws {
        let assembler = try await assembler(FileQuota.Terms(memory: 100_000))
        var decoder = ListingDecoder()
        var sent = 0
        let error = await #expect(throws: OperationError.self) {
            while sent < 10_000 {
                sent += 1
                let record = "1 f 644 0 0 5 1700000000.0000000000 1700000000.0000000000 ./srv/\(sent)\0"
                let wanted = try await assembler.select(decoder.consume(Array(record.utf8)))
                #expect(wanted.count == 1)
            }
        }
        #expect(error?.message.contains("the list of its files takes more than") == true)
        #expect(sent < 1000)
    }

    @Test func `content without end is refused and its file named`() async throws {
        let terms = FileQuota.Terms(content: ByteCount(10 << 20))
        let found = try await refusal(assembler(terms)) { member("/srv/\($0)", content: 1 << 20) }
        let refusal = try #require(found)
        #expect(refusal.sent == 11)
        #expect(
            refusal.error.message
                == "local was not read to the end: its files in scope hold more than 10.0 MiB, far more than the backup; the last was /srv/11"
        )
    }

    @Test func `files that nobody asked for end the run, however small`() async throws {
        let least = Int(FileQuota.strayLimit / 512)
        for name in ["/srv/not/selected", "/srv/../x"] {
            let found = try await refusal(assembler(FileQuota.Terms()), atMost: least + 10, .selected) { _ in
                member(name)
            }
            let refusal = try #require(found)
            #expect(refusal.sent == least + 1)
            #expect(refusal.error.message.hasPrefix("local floods"), "\(refusal.error.message)")
        }
    }

    @Test func `a file that nobody asked for is left out and named, one that came before is not`()
        async throws
    {
        let assembler = try await assembler(FileQuota.Terms())
        try await assembler.receive(member("/srv/one", content: 3), of: .ownPaths)
        for name in ["/srv/one", "/etc/shadow", "/srv/../x"] {
            try await assembler.receive(member(name, content: 3), of: .selected)
        }
        let outcome = try await assembler.finish()
        #expect(outcome.entries.map { DeviceText.path($0.path) } == ["/srv/one"])
        #expect(
            outcome.lost == [
                "/etc/shadow came although it was not asked for", "/srv/../x has no usable name",
            ])
    }

    @Test func `what is out of scope is passed over without being kept`() async throws {
        var terms = FileQuota.Terms(count: 1)
        terms.isWanted = { $0 == Array("/srv/one".utf8) }
        let assembler = try await assembler(terms)
        #expect(try await refusal(assembler, atMost: 1000) { member("/srv/\($0)", content: 1 << 10) } == nil)
        try await assembler.receive(member("/srv/one", content: 3), of: .ownPaths)
        let outcome = try await assembler.finish()
        #expect(outcome.entries.map { DeviceText.path($0.path) } == ["/srv/one"])
    }
}
