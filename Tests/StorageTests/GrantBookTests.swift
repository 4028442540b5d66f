import Basics
import Storage
import TestSupport
import Testing

@Suite struct GrantBookTests {
    private static func granting(_ approval: String, plan: String = "p") -> AuditFact {
        .granted(
            AuditFact.Granting(
                approval: approval, plan: plan, mark: "m-\(approval)", account: "1000", who: "person:ann",
                origin: "cli /dev/pts/1"))
    }

    private static let facts: [AuditFact] = [
        granting("a"), .spent(approval: "a", run: "r"), .revoked(approval: "a"), .undone(run: "r", back: "s"),
        .adopted(policy: "o", name: "nightly", digest: "d"), .withdrawn(policy: "o"),
        .required(device: "nas", hostKey: "SHA256:x", approvals: 2),
    ]

    private func book(_ facts: AuditFact...) -> GrantBook { book(facts) }

    private func book(_ facts: [AuditFact]) -> GrantBook {
        let chain = AuditChain(mark: StoreSuite.mark())
        var book = GrantBook()
        var end: AuditCheckpoint?
        for fact in facts {
            let entry = fact.entry(actor: "person:ann", surface: "cli")
            let record = chain.record(after: end, entry, at: Timestamp(seconds: 1))
            end = AuditCheckpoint(record)
            book.visit(record)
        }
        return book
    }

    @Test(arguments: facts)
    func `a fact comes back from its record`(_ fact: AuditFact) {
        let entry = fact.entry(actor: "person:ann", surface: "cli")
        #expect(AuditFact(entry) == fact)
        for phase in [AuditEntry.Phase.intent, .outcome] {
            var other = entry
            other.phase = phase
            #expect(AuditFact(other) == nil, "an operation's record is no fact")
        }
    }

    @Test func `an approval is what was granted first`() throws {
        let book = book(Self.granting("a"), Self.granting("a", plan: "q"))
        let grant = try #require(book.grants["a"])
        #expect(grant.plan == "p" && grant.mark == "m-a" && grant.account == "1000")
        #expect(grant.spentBy == nil && !grant.isRevoked)
    }

    @Test func `who spends it first has it, for good`() {
        let book = book(
            Self.granting("a"), .spent(approval: "a", run: "r"), .spent(approval: "a", run: "s"))
        #expect(book.grants["a"]?.spentBy == "r")
        #expect(book.approvals(usedBy: "r").count == 1)
        #expect(book.approvals(usedBy: "s").isEmpty)
    }

    @Test func `what is taken back stays so`() {
        let book = book(Self.granting("a"), .revoked(approval: "a"), Self.granting("a"))
        #expect(book.grants["a"]?.isRevoked == true)
    }

    @Test func `what was taken back is spent by nobody, what was spent is taken back too late`() {
        let early = book(Self.granting("a"), .revoked(approval: "a"), .spent(approval: "a", run: "r"))
        #expect(early.grants["a"]?.spentBy == nil && early.grants["a"]?.isRevoked == true)
        let late = book(Self.granting("a"), .spent(approval: "a", run: "r"), .revoked(approval: "a"))
        #expect(late.grants["a"]?.spentBy == "r" && late.grants["a"]?.isRevoked == true)
    }

    @Test func `an approval ends with the policy that gave it`() throws {
        let adopted = AuditFact.adopted(policy: "o", name: "nightly", digest: "d")
        let given = AuditFact.granted(
            AuditFact.Granting(approval: "a", plan: "p", mark: "m", account: "policy o", policy: "o"))
        let spent = AuditFact.spent(approval: "a", run: "r")
        let standing = book(adopted, given, spent)
        #expect(standing.grants["a"]?.spentBy == "r")
        #expect(!standing.isWithdrawn(try #require(standing.grants["a"])))
        for facts in [[adopted, given, .withdrawn(policy: "o"), spent], [given, spent]] {
            let ended = book(facts)
            #expect(ended.grants["a"]?.spentBy == nil)
            #expect(ended.isWithdrawn(try #require(ended.grants["a"])))
        }
    }

    @Test func `the first way back has the approval of its run`() {
        let book = book(.undone(run: "r", back: "s"), .undone(run: "r", back: "t"))
        #expect(book.undone == ["r": "s"])
    }

    @Test func `what was never granted cannot be spent, revoked or withdrawn`() {
        let book = book(.spent(approval: "a", run: "r"), .revoked(approval: "b"), .withdrawn(policy: "o"))
        #expect(book.grants.isEmpty && book.adoptions.isEmpty)
    }

    @Test func `a policy counts from its adoption until it is taken back`() {
        let adopted = AuditFact.adopted(policy: "o", name: "nightly", digest: "d")
        #expect(book(adopted).adoptions["o"] == GrantBook.Adoption(name: "nightly", digest: "d"))
        #expect(book(adopted, .withdrawn(policy: "o")).adoptions["o"]?.isRevoked == true)
    }

    @Test func `the number of people follows the device's name and its host key`() {
        let book = book(
            .required(device: "nas", hostKey: "SHA256:x", approvals: 2),
            .required(device: "web", hostKey: "", approvals: 3))
        #expect(book.needed(device: "nas", hostKey: "") == 2)
        #expect(book.needed(device: "other", hostKey: "SHA256:x") == 2)
        #expect(book.needed(device: "web", hostKey: "SHA256:x") == 3)
        #expect(book.needed(device: "other", hostKey: "SHA256:y") == 1)
        #expect(
            self.book(
                .required(device: "nas", hostKey: "", approvals: 2),
                .required(device: "nas", hostKey: "", approvals: 1)
            ).needed(device: "nas", hostKey: "") == 1)
    }
}
