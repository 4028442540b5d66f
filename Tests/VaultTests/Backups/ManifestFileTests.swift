import Basics
import Codecs
import Testing

@testable import Vault

@Suite struct ManifestFileTests {
    private static let file = ManifestFile(sealer: Sealer(key: .random()))

    private static func sample(_ captures: Int = 2) throws -> Manifest {
        let time = try #require(Timestamp("2026-11-21T09:30:00.123456789Z"))
        let piece = [ContentRef(id: PackCatalogueTests.id(1), length: 5)]
        let sections = SectionRecord.Status.allCases.map { status in
            SectionRecord(
                name: "\(status)", status: status, reason: "why \"so\"", hint: "hint\n", inventory: piece,
                captures: (0..<captures).map {
                    .init(probe: "p\($0)", outcome: "exited:1", output: piece, errors: [])
                }, files: 3, bytes: 1 << 40)
        }
        let draft = BackupDraft(
            name: "before ‘the move’", device: BackupDevice(name: "web1", machineID: "m", address: "a:22"),
            started: time, finished: time + .seconds(3), status: .partial, tool: "1.0",
            parent: BackupID.make(at: time), sections: sections, notCovered: ["/a", "b is not read"])
        return Manifest(
            summary: BackupSummary(
                id: BackupID.make(at: time), draft: draft, stats: .init(newObjects: 3, newBytes: 9)),
            sections: sections, notCovered: draft.notCovered, tree: PackCatalogueTests.id(9))
    }

    @Test func `comes back`() throws {
        let manifest = try Self.sample()
        let bytes = try Self.file.encode(manifest)
        #expect(try Self.file.manifest(bytes, id: manifest.id, path: "x") == manifest)
        #expect(try Self.file.summary(bytes, id: manifest.id, path: "x") == manifest.summary)
    }

    @Test func `the summary is read without the rest`() throws {
        let manifest = try Self.sample(4000)
        let bytes = try Self.file.encode(manifest)
        #expect(bytes.count > ManifestFile.usualLength)
        let head = Array(bytes.prefix(ManifestFile.usualLength))
        #expect(try Self.file.headLength(head, path: "x") < ManifestFile.usualLength)
        #expect(try Self.file.summary(head, id: manifest.id, path: "x") == manifest.summary)
        #expect(throws: VaultError.self) { try Self.file.manifest(head, id: manifest.id, path: "x") }
    }

    @Test func `belongs to one backup only`() throws {
        let manifest = try Self.sample()
        let other = try Self.sample()
        let bytes = try Self.file.encode(manifest)
        #expect(throws: VaultError.self) { try Self.file.summary(bytes, id: other.id, path: "x") }
    }

    @Test func `a newer format is refused as such`() throws {
        let manifest = try Self.sample()
        var json = manifest.summary.json.object ?? [:]
        json["format"] = 2
        let plain = JSONWriter.bytes(.object(json))
        var payload = ByteWriter()
        payload.append(fixed: UInt32(plain.count))
        payload.append(try Compressor().compress(plain))
        let sealed = Self.file.sealer.seal(
            payload.bytes, context: ManifestFile.magic + Array("\(manifest.id)/summary".utf8))
        var writer = ByteWriter()
        writer.append(ManifestFile.magic)
        writer.append(fixed: UInt32(sealed.count))
        writer.append(sealed)
        #expect { try Self.file.summary(writer.bytes, id: manifest.id, path: "x") } throws: {
            ($0 as? VaultError)?.code == .tooNew
        }
    }

    @Test func `a missing member is named`() throws {
        let summary = try Self.sample().summary.json.object ?? [:]
        for member in summary.keys where !["parent", "format", "scope"].contains(member) {
            var less = summary
            less[member] = nil
            #expect { try BackupSummary(JSONFields(.object(less))) } throws: {
                ($0 as? RecordError)?.reason.contains(member) == true || member == "device"
                    || member == "sections"
            }
        }
    }
}
