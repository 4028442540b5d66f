import Basics
import LocalExecution
import Operations
import RemoteExecution
import TestSupport
import Testing

@Suite("What ‘device check’ promises", .timeLimit(.minutes(5)))
struct CheckDeviceTests {
    /// This machine, with these programs found before its own.
    private struct StubbedTransport: DeviceTransport {
        let folder: String
        let base = LocalTransport()

        func run(
            _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
        ) async throws(ShellError) -> ShellExit {
            var job = job
            let path = Array("PATH=".utf8)
            let place = ByteSearch.first(path, in: job.input).map { $0 + path.count }
            if let place { job.input.insert(contentsOf: Array("\(folder):".utf8), at: place) }
            return try await base.run(job, on: device, into: consumer)
        }

        func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
            try await base.hostKey(of: target, within: limit)
        }
    }

    @Test(arguments: [
        ("echo 27.0", "works"), ("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "no answer"),
    ])
    func `an engine that does not answer is no section that works`(_ script: String, _ outlook: String)
        async throws
    {
        let scratch = try ScratchFolder()
        try scratch.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "docker")
        try Shell.run("chmod 755 '\(scratch.path)/docker'")
        let services = try await TestServices(transport: StubbedTransport(folder: scratch.path))
        let result = try await services.call("device check", ["device": "local"])
        let sections = result.json["sections"]?.array ?? []
        let found = sections.first { $0["section"] == "docker-networks" }
        #expect(found?["outlook"]?.string == outlook, "\(String(describing: found))")
    }

    /// A machine that shows another key than the one that is known.
    private struct OtherKey: DeviceTransport {
        func run(
            _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
        ) async throws(ShellError) -> ShellExit {
            throw ShellError(.unreachable, "there is nothing")
        }

        func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
            HostKey(algorithm: "ssh-ed25519", key: "AAAAnew", fingerprint: "SHA256:new")
        }
    }

    @Test func `the old key is told once where a new one is asked about`() async throws {
        let services = try await TestServices(transport: OtherKey())
        let old = HostKey(algorithm: "ssh-ed25519", key: "AAAAold", fingerprint: "SHA256:old")
        let name = try #require(DeviceName("nas"))
        try await services.store.add(
            Device(
                name: name, connection: .ssh(SSHTarget(host: "nas.example")), hostKey: old,
                added: Timestamp(seconds: 0)))
        do {
            _ = try await services.call("device trust", ["device": "nas"])
            Issue.record("a key was trusted that nobody accepted")
        } catch {
            let asked = "\(error.message). \(error.confirmation?.question ?? "")"
            #expect(
                asked.split(separator: "SHA256:old", omittingEmptySubsequences: false).count == 2, "\(asked)")
            #expect(error.confirmation?.question.hasSuffix("SHA256:new?") == true, "\(asked)")
        }
    }
}
