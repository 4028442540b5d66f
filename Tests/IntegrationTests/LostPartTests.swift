import Basics
import TestSupport
import Testing

extension Integration {
    /// One lost or damaged file of a home locks nobody out of what the others hold.
    @Suite struct LostPartTests {
        @Test func `a lost config of the vault is read around and made anew`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try Shell.run("rm '\(home.path)/vault/config'")
            for words in [["backup", "list"], ["backup", "verify"], ["init"], ["init", "--new-vault"]] {
                let outcome = try await home.run(words)
                #expect(outcome.status == 0, "\(words): \(outcome.story)")
                #expect(outcome.errorText.contains("config is missing"), "\(words): \(outcome.story)")
                #expect(outcome.errorText.contains("holdfast vault repair"), "\(words): \(outcome.story)")
            }
            #expect(try await home.json(0, "vault", "repair")["outcome"]?.string == "replaced")
            try await home.expect(0, "vault", "check")
            let list = try await home.json(0, "backup", "list")
            #expect(list["backups"]?.array?.count == 1)
        }

        @Test func `a damaged key file gives way to a key that opens the vault`() async throws {
            let home = try await HoldfastHome.initialised()
            let kit = try await home.expect(0, "key", "show")
            let file = home.scratch.path + "/kit"
            try AtomicFile.write(kit.output, to: file)
            let again = try await home.run(["key", "restore", "--from", file])
            #expect(again.errorText.contains("There is a key at"), "\(again.story)")
            try Shell.run("echo garbage > '\(home.path)/key'")
            let findings = try await home.json(3, "doctor")["findings"]?.array ?? []
            let finding = findings.first { $0["subject"]?.string == "key file" }
            #expect(finding?["verdict"]?.string == "bad", "\(findings)")
            #expect(finding?["detail"]?.string?.contains("is damaged") == true)
            #expect(finding?["hint"]?.string?.contains("holdfast key restore") == true)
            let listing = try await home.run(["backup", "list"])
            #expect(listing.errorText.contains("is damaged: it holds no key"), "\(listing.story)")
            // The key of another vault does not open this one, and leaves all as it is.
            let other = try await HoldfastHome.initialised()
            let stranger = home.scratch.path + "/stranger"
            try AtomicFile.write(try await other.expect(0, "key", "show").output, to: stranger)
            let refused = try await home.run(["key", "restore", "--from", stranger])
            #expect(refused.status != 0)
            #expect(try Shell.output("cat '\(home.path)/key'") == Array("garbage\n".utf8))
            try await home.expect(0, "key", "restore", "--from", file)
            try await home.expect(0, "backup", "list")
            try await home.expect(0, "audit", "verify")
            #expect(try Shell.output("cat '\(home.path)/key.damaged'") == Array("garbage\n".utf8))
        }

        @Test func `with a vault and no key the doctor recommends the recovery kit`() async throws {
            let home = try await HoldfastHome.initialised()
            try Shell.run("rm '\(home.path)/key'")
            let findings = try await home.json(3, "doctor")["findings"]?.array ?? []
            let hint = findings.first { $0["subject"]?.string == "key file" }?["hint"]?.string ?? ""
            #expect(hint.contains("holdfast key restore") && !hint.contains("holdfast init"), "\(hint)")
        }

        @Test func `what an error recommends is for the same home`() async throws {
            let home = try HoldfastHome()
            let outcome = try await home.run(["backup", "list"])
            #expect(
                outcome.errorText.contains("holdfast init --home \(home.path.shellWord)"), "\(outcome.story)")
        }
    }
}
