import Basics
import Glibc
import TestSupport
import Testing

@testable import Vault

/// What lies in the place of a file and is none is a problem with a name, and nobody waits for it.
@Suite(.timeLimit(.minutes(5))) struct StrangeFileTests {
    enum Sort: String, CaseIterable {
        case pipe, socket, folder, device
    }

    /// Puts something else in the place of the file at `path`.
    private func replace(_ path: String, by sort: Sort) throws {
        try Shell.run("rm -f '\(path)'")
        switch sort {
        case .pipe: try Shell.run("mkfifo '\(path)'")
        case .folder: try Shell.run("mkdir '\(path)'")
        case .device: try Shell.run("ln -s /dev/zero '\(path)'")
        case .socket:
            try Shell.run(
                "perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1) or die' '\(path)'"
            )
        }
    }

    @Test(arguments: Sort.allCases, [VaultPath.backups, VaultPath.packs, VaultPath.config])
    func `it is named, and the rest is read`(_ sort: Sort, _ place: String) async throws {
        let folder = try ScratchFolder()
        let location = folder.path + "/v"
        let scenario = VaultScenario(fileCount: 2)
        let vault = try await Vault.create(at: location, key: scenario.key, clock: scenario.clock)
        _ = try await scenario.backUp(vault, seed: 1)
        let found = try Shell.output("find '\(location)/\(place)' -type f | head -1")
        let path = String(decoding: found.filter { $0 != 0x0A }, as: UTF8.self)
        try replace(path, by: sort)
        let reopened = try await Vault.open(at: location, key: scenario.key, clock: scenario.clock)
        let problems = try await reopened.check().problems
        let inside = String(path.dropFirst(location.count + 1))
        #expect(
            problems.contains { $0.path == inside && $0.message.contains("no ordinary file") }, "\(problems)")
        _ = try await reopened.backups()
    }
}
