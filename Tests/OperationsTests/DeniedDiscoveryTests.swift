import Basics
import Collectors
import LocalExecution
import RemoteExecution
import TestSupport
import Testing

@testable import Operations
@testable import Vault

/// Backups by an account whose sudo refuses what a section finds its files with.
@Suite(.timeLimit(.minutes(5))) struct DeniedDiscoveryTests {
    private static let folder = try? ScratchFolder()
    private static let root = folder?.path ?? "/nonexistent"

    private enum Finding: Collector {
        static let name = "finding"
        static let summary = "Files that root alone can find"
        static let probes = [
            Probe("tool", script: "echo 'sudo: a password is required' >&2; exit 1")
        ]
        static let files = FileSet(discovery: "echo 'sudo: a password is required' >&2")
    }

    private enum Locked: Collector {
        static let name = "locked"
        static let summary = "A folder for root alone"
        static let files = FileSet(["\(root)/locked"])
    }

    private enum Open: Collector {
        static let name = "open"
        static let summary = "Files for all"
        static let files = FileSet(["\(root)/open"])
    }

    private enum Nowhere: Collector {
        static let name = "nowhere"
        static let summary = "Files that are not there"
        static let files = FileSet(["\(root)/nowhere"])
    }

    @Test(arguments: [CollectionPlan.Listing.everything, .nothing])
    func `what one section is denied costs no other one`(_ lists: CollectionPlan.Listing) async throws {
        try Shell.run(
            """
            cd '\(Self.root)' && chmod 755 . && mkdir -p open && echo text >open/file
            [ -e locked ] || mkdir -m 000 locked
            """)
        let services = try await TestServices(transport: PlainAccount())
        let vault = try await services.vault()
        let request = DeviceBackup.Request(
            collectors: [Finding.self, Locked.self, Nowhere.self, Open.self], name: "", paths: [],
            excludes: [],
            readsAll: false, limits: ShellJob.Limits(), lists: lists)
        let session = WriterSession(WriterLease(vault: vault, what: "test") { _ in })
        let backup = DeviceBackup(
            device: .local(added: Timestamp(seconds: 0)), request: request, vault: vault, earlier: nil,
            intake: session, context: services.context(), onBytes: { _ in })
        let manifest = try await backup.run(committingTo: session)
        await session.end()
        let told = manifest.sections.map { "\($0.name) \($0.status.rawValue): \($0.reason)" }
        #expect(
            told == [
                "finding denied: tool needs root, which could not be had",
                "locked denied: \(Self.root)/locked may only be read by root",
                "nowhere absent: none of its files exists", "open ok: ",
            ])
    }
}

/// This machine as an account without rights sees it.
private struct PlainAccount: DeviceTransport {
    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        var job = job
        job.command = """
            [ "$(id -u)" != 0 ] || exec setpriv --reuid=65534 --regid=65534 --clear-groups /bin/sh
            exec /bin/sh
            """
        return try await LocalTransport().run(job, on: device, into: consumer)
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        throw ShellError(.disconnected, "there is none")
    }
}
