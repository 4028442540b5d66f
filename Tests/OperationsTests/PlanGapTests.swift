import Basics
import Collectors
import RemoteExecution
import TestSupport
import Testing

@testable import Operations
@testable import Vault

/// What one side of a plan could not see is named, and nothing is planned on it.
@Suite(.timeLimit(.minutes(5))) struct PlanGapTests {
    private static let sections = ["identity", "packages-dpkg", "systemd-units", "users"]

    private func backup(_ services: TestServices) async throws -> Manifest {
        let made = try await services.call(
            "backup create", ["device": ["local"], "only": .array(Self.sections.map { .string($0) })])
        let text = try #require(made.json["backups"]?.array?.first?["backup"]?.string)
        return try await services.vault().manifest(try #require(BackupID(text)))
    }

    /// The same backup as if a probe of the packages had failed.
    private func lacking(
        _ probe: String, _ whole: Manifest, _ services: TestServices
    ) async throws -> String {
        let vault = try await services.vault()
        let writer = try await vault.beginWriting(what: "test")
        var sections = whole.sections
        let index = try #require(sections.firstIndex { $0.name == "packages-dpkg" })
        var captures = Captures()
        for capture in sections[index].captures {
            captures.byProbe[capture.probe] = Capture(
                outcome: capture.probe == probe ? .timedOut : .exited(0),
                output: capture.probe == probe ? [] : try await vault.bytes(of: capture.output))
        }
        let items = try PackagesDpkgCollector.parse(captures).items.map(\.json)
        sections[index].inventory = try await writer.store(
            contents: [JSONWriter.bytes(.object(["items": .array(items), "remarks": .array([])]))],
            as: .record)[0]
        let failed = try #require(sections[index].captures.firstIndex { $0.probe == probe })
        sections[index].captures[failed].outcome = "timed-out"
        sections[index].status = .partial
        let time = Timestamp(seconds: 1_790_000_000)
        let manifest = try await writer.commit(
            BackupDraft(
                device: whole.summary.device, started: time, finished: time, status: .partial, tool: "test",
                sections: sections, entries: try await vault.entries(of: whole)))
        await writer.finish()
        return manifest.id.text
    }

    private func plan(_ services: TestServices, _ backup: String) async throws -> (
        installs: [String], warnings: [String]
    ) {
        let made = try await services.call(
            "restore plan", ["backup": .string(backup), "in_place": true, "section": ["packages-dpkg"]])
        let steps = (made.json["steps"]?.array ?? []).filter { $0["action"]?.string == "install" }
        return (
            steps.compactMap { $0["name"]?.string },
            (made.json["warnings"]?.array ?? []).compactMap(\.string)
        )
    }

    @Test(arguments: ["architectures", "dependencies"])
    func `of a backup whose packages are not told as a whole none is planned`(_ probe: String) async throws {
        let services = try await TestServices()
        let whole = try await backup(services)
        let sound = try await plan(services, whole.id.text)
        #expect(sound.installs.isEmpty)
        #expect(!sound.warnings.contains { $0.contains("No package is compared") }, "\(sound.warnings)")
        let gap = try await plan(services, lacking(probe, whole, services))
        #expect(gap.installs.isEmpty)
        let expected =
            "No package is compared or installed, as the backup's section ‘packages-dpkg’ is not whole (without \(probe))"
        #expect(gap.warnings.contains(expected), "\(gap.warnings)")
    }

    private static func state(
        _ statuses: [String: String], lacking: [String: [String]] = [:]
    ) -> DeviceState {
        DeviceState(
            label: "s", sections: statuses, items: [:], files: [], sectionNames: [], lacking: lacking,
            meter: nil)
    }

    @Test func `what the machine does not tell as a whole is named, with what lacks`() async throws {
        let services = try await TestServices()
        let manifest = try await backup(services)
        let scope = try await RestoreScope(
            vault: services.vault(), manifest: manifest, sections: [], paths: [])
        let whole = Dictionary(uniqueKeysWithValues: Self.sections.map { ($0, "ok") })
        let same = PlanGaps(scope, wanted: Self.state(whole), present: Self.state(whole))
        #expect(same.compared == Set(Self.sections))
        #expect(same.sentences(on: .local, installs: true).isEmpty)
        let seen = PlanGaps(
            scope, wanted: Self.state(whole),
            present: Self.state(
                [
                    "identity": "partial", "packages-dpkg": "partial", "systemd-units": "failed",
                    "users": "absent",
                ],
                lacking: ["packages-dpkg": ["architectures"]]))
        #expect(seen.compared == ["users"])
        #expect(seen.unread(Self.sections) == ["packages-dpkg"])
        #expect(
            seen.sentences(on: .local, installs: true) == [
                "What is missing may be there all the same, and nothing is removed, as on local the section ‘identity’ is partial",
                "No package is compared or installed, as on local the section ‘packages-dpkg’ is partial (without architectures)",
                "No unit is switched on or off, as on local the section ‘systemd-units’ is failed",
            ])
        #expect(seen.sentences(on: .local, installs: false).count == 2)
    }

    @Test func `a probe whose tool is missing, or that ended as it may, is no gap`() {
        let record = SectionRecord(
            name: "packages-pacman", status: .ok,
            captures: [
                .init(probe: "packages", outcome: "exited:0"), .init(probe: "manual", outcome: "exited:1"),
            ])
        #expect([record].lacking == [:])
        var cut = record
        cut.captures[0].outcome = "truncated"
        #expect([cut].lacking == ["packages-pacman": ["packages"]])
    }
}
