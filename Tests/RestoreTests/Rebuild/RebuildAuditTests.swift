import Basics
import Testing

@testable import Restore

@Suite("Differences after a rebuild")
struct RebuildAuditTests {
    private static let audit = RebuildAudit(
        other: OtherMachine(accounts: [("root", "/root")]),
        runbook: RebuildRunbook(
            device: "old", backup: "b", taken: Timestamp(seconds: 0), proof: "", machine: "", warnings: [],
            chapters: [
                .init(
                    "x", about: "",
                    items: [
                        .init("volume v", .lost, "no data"), .init("container c", .byHand, "by export"),
                        .init("volume w", .coverable, "filled"),
                    ])
            ]), wholeSections: ["cron"], leftOut: [Array("/srv/odd".utf8): "--exclude says so"])

    struct Case: CustomTestStringConvertible, Sendable {
        let section: String
        let kind: String
        let name: String
        let change: RebuildAudit.Difference.Change
        var what: [String] = []
        let meaning: RebuildAudit.Meaning

        var testDescription: String { "\(change) \(section) \(kind) \(name)" }
    }

    static let cases: [Case] = [
        Case(section: "cron", kind: "file", name: "/etc/cron.d/x", change: .removed, meaning: .unexpected),
        Case(section: "cron", kind: "file", name: "/etc/cron.d/x", change: .changed, meaning: .unexpected),
        Case(section: "cron", kind: "file", name: "/etc/cron.d/x", change: .added, meaning: .extra),
        Case(section: "paths", kind: "file", name: "/srv/odd", change: .removed, meaning: .byHand),
        Case(section: "paths", kind: "file", name: "/srv/odd", change: .changed, meaning: .byHand),
        Case(section: "paths", kind: "file", name: "/srv/odd", change: .added, meaning: .extra),
        Case(section: "cron", kind: "file", name: "/etc/fstab", change: .changed, meaning: .identity),
        Case(section: "cron", kind: "file", name: "/etc/ld.so.cache", change: .changed, meaning: .identity),
        Case(
            section: "ssh-keys", kind: "file", name: "/root/.ssh/authorized_keys", change: .changed,
            meaning: .identity),
        Case(
            section: "ssh-keys", kind: "authorized-keys", name: "/root/.ssh/authorized_keys",
            change: .changed, meaning: .identity),
        Case(
            section: "ssh-keys", kind: "authorized-keys", name: "/home/a/.ssh/authorized_keys",
            change: .changed, meaning: .unexpected),
        Case(section: "network-state", kind: "interface", name: "eth0", change: .changed, meaning: .identity),
        Case(
            section: "users", kind: "user", name: "a", change: .changed, what: ["gid", "uid"],
            meaning: .identity),
        Case(section: "users", kind: "user", name: "a", change: .changed, what: ["shell"], meaning: .byHand),
        Case(section: "users", kind: "user", name: "a", change: .removed, meaning: .unexpected),
        Case(section: "users", kind: "user", name: "a", change: .added, meaning: .extra),
        Case(section: "packages-dpkg", kind: "package", name: "a", change: .removed, meaning: .unexpected),
        Case(
            section: "packages-dpkg", kind: "package", name: "linux-image-6", change: .removed,
            meaning: .identity),
        Case(
            section: "packages-dpkg", kind: "package", name: "a", change: .changed, what: ["version"],
            meaning: .byHand),
        Case(
            section: "packages-dpkg", kind: "package", name: "a", change: .changed, what: ["held"],
            meaning: .unexpected),
        Case(
            section: "listening-ports", kind: "port", name: "80/tcp", change: .removed, meaning: .unexpected),
        Case(
            section: "listening-ports", kind: "port", name: "40000/tcp", change: .removed, meaning: .identity),
        Case(section: "docker-volumes", kind: "volume", name: "v", change: .removed, meaning: .lost),
        Case(
            section: "docker-containers", kind: "container", name: "c", change: .removed, meaning: .unexpected
        ),
        Case(
            section: "docker-containers", kind: "container", name: "c", change: .changed,
            what: ["labels.com.docker.compose.project.config_files"], meaning: .identity),
        Case(
            section: "docker-containers", kind: "container", name: "c", change: .changed,
            what: ["labels.com.docker.compose.version", "mounts"], meaning: .unexpected),
        Case(
            section: "docker-containers", kind: "container", name: "c", change: .changed, what: ["imageID"],
            meaning: .byHand),
        Case(
            section: "docker-containers", kind: "container", name: "c", change: .changed,
            what: ["image", "imageID"], meaning: .unexpected),
        Case(
            section: "docker-networks", kind: "network", name: "bridge", change: .changed,
            what: ["ranges"], meaning: .identity),
        Case(section: "docker-images", kind: "image", name: "i", change: .removed, meaning: .byHand),
        Case(section: "docker-networks", kind: "network", name: "n", change: .added, meaning: .extra),
        Case(section: "podman", kind: "container", name: "p", change: .removed, meaning: .byHand),
        Case(section: "cron", kind: "section", name: "cron", change: .changed, meaning: .unexpected),
        Case(section: "logging", kind: "section", name: "logging", change: .changed, meaning: .lost),
        Case(
            section: "systemd-units", kind: "unit", name: "x.service", change: .removed, meaning: .unexpected),
    ]

    @Test(arguments: cases)
    func `each difference has its meaning and a reason`(_ row: Case) {
        let finding = Self.audit.explain(
            .init(section: row.section, kind: row.kind, name: row.name, change: row.change, what: row.what))
        #expect(finding.meaning == row.meaning && !finding.reason.isEmpty, "\(finding)")
    }
}
