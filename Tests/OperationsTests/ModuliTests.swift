import Basics
import Operations
import TestSupport
import Testing

@Suite("The moduli of the SSH server", .timeLimit(.minutes(5)))
struct ModuliTests {
    @Test("They are in a backup, or it says that it does not hold them")
    func honesty() async throws {
        guard try Folder.item("/etc/ssh/moduli") != nil else {
            try Test.cancel("this machine has no /etc/ssh/moduli")
        }
        let services = try await TestServices()
        for only in [["sshd"], ["sshd", "local-configuration"]] {
            let result = try await services.call(
                "backup create", ["device": ["local"], "only": .array(only.map { .string($0) })])
            let id = try #require(result.json["backups"]?[0]?["backup"])
            let shown = try await services.call("backup show", ["backup": id])
            let files = try await services.call("backup files", ["backup": id])
            let isHeld = JSONWriter.text(files.json).contains("\"/etc/ssh/moduli\"")
            let isDenied = JSONWriter.text(shown.json["notCovered"] ?? .null).contains("/etc/ssh/moduli")
            #expect(isHeld != isDenied, "with \(only)")
        }
    }
}
