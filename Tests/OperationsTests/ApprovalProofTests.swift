import Basics
import RemoteExecution
import Restore
import Storage
import TestSupport
import Testing

@testable import Operations

/// What counts as a person's yes, on stores that somebody else can write.
@Suite struct ApprovalProofTests {
    private let ann = TypingPerson(1001, typing: "web")
    private let bob = TypingPerson(1002, typing: "web")

    /// A home with a plan that Ann approved.
    private func approved() async throws -> (home: RightsHome, id: String, plan: RestorePlan) {
        let home = try await RightsHome()
        let (id, plan) = try await home.plan()
        try await home.call("approve", ["plan": .string(id)], person: ann)
        return (home, id, plan)
    }

    private func approval(_ home: RightsHome) async throws -> String {
        let list = try await home.call("approval list")
        return try #require(list["approvals"]?.array?.first?["approval"]?.string)
    }

    private func state(_ home: RightsHome) async throws -> String? {
        try await home.call("approval list")["approvals"]?.array?.first?["state"]?.string
    }

    /// Refused without anybody having tried to reach the device.
    private func expectRefusal(
        _ home: RightsHome, _ id: String, _ code: OperationError.Code = .personRequired
    ) async {
        #expect(await home.refusal("restore apply", ["plan": .string(id)]) == code)
        #expect(home.reached.attempts == 0)
    }

    @Test func `a yes is recorded with who gave it and from where`() async throws {
        let (home, id, plan) = try await approved()
        #expect(try await home.standing(id, plan) == "1 of 1")
        let given = try await home.facts().compactMap { fact -> AuditFact.Granting? in
            if case .granted(let granting) = fact { granting } else { nil }
        }
        #expect(given.count == 1)
        #expect(given.first?.account == "1001" && given.first?.who == "person:p1001")
        #expect(given.first?.origin == "cli /dev/pts/7 from 192.0.2.9")
        #expect(given.first?.plan == id)
    }

    @Test func `another word, or nobody, is no yes`() async throws {
        let home = try await RightsHome()
        let (id, _) = try await home.plan()
        let other = TypingPerson(1001, typing: "yes")
        #expect(await home.refusal("approve", ["plan": .string(id)], person: other) == .approvalMissing)
        #expect(await home.refusal("approve", ["plan": .string(id)]) == .personRequired)
        await expectRefusal(home, id)
        #expect(try await home.facts().isEmpty)
    }

    @Test func `a yes ends with its plan, on the clock of the stores`() async throws {
        let (home, id, plan) = try await approved()
        home.clock.advance(by: .seconds(15 * 60 - 1))
        #expect(try await home.standing(id, plan) == "1 of 1")
        home.clock.advance(by: .seconds(1))
        #expect(try await home.standing(id, plan) == "0 of 1")
        #expect(try await state(home) == "expired")
        await expectRefusal(home, id, .planExpired)
        #expect(await home.refusal("approve", ["plan": .string(id)], person: ann) == .planExpired)
        // Neither the plan's row nor the approval's makes it younger.
        try home.tamper("UPDATE plan SET expires = expires + 9000000000000;")
        await expectRefusal(home, id, .planAltered)
        try home.tamper(
            "UPDATE plan SET expires = expires - 9000000000000; UPDATE approval SET expires = expires + 9000000000000;"
        )
        #expect(try await state(home) == "altered")
        await expectRefusal(home, id, .planExpired)
    }

    @Test func `a used one stays used, whatever its row says`() async throws {
        let (home, id, plan) = try await approved()
        let approval = try await approval(home)
        let record = try #require(try await home.ledger().approvals(ofPlan: id).first)
        try await Grants(context: home.context()).spend([record], for: "r")
        #expect(try await state(home) == "used")
        for sql in [
            "UPDATE approval SET used_by = NULL, revoked = NULL;",
            "DELETE FROM run; UPDATE approval SET used_by = NULL;",
            "CREATE TABLE a AS SELECT * FROM approval; DELETE FROM approval; INSERT INTO approval SELECT * FROM a; DROP TABLE a;",
        ] {
            try home.tamper(sql)
            #expect(try await home.standing(id, plan) == "0 of 1")
            await expectRefusal(home, id)
        }
        #expect(await home.refusal("approval revoke", ["approval": .string(approval)]) == .approvalUnknown)
    }

    @Test func `of two that use one, the chain shows who was first`() async throws {
        let (home, id, _) = try await approved()
        let record = try #require(try await home.ledger().approvals(ofPlan: id).first)
        let grants = Grants(context: home.context())
        try await grants.spend([record], for: "first")
        let error = await #expect(throws: OperationError.self) {
            try await grants.spend([record], for: "second")
        }
        #expect(error?.code == .approvalMissing)
    }

    @Test func `one that a run uses meanwhile is not taken back`() async throws {
        let (home, _, _) = try await approved()
        let approval = try await approval(home)
        home.precede("approval revoked", with: .spent(approval: approval, run: "quicker"))
        let error = await #expect(throws: OperationError.self) {
            try await home.call("approval revoke", ["approval": .string(approval)])
        }
        #expect(error?.code == .approvalUnknown && error?.message.contains("run quicker") == true)
    }

    @Test func `one that is taken back meanwhile is not used`() async throws {
        let (home, id, _) = try await approved()
        let record = try #require(try await home.ledger().approvals(ofPlan: id).first)
        home.precede("approval spent", with: .revoked(approval: record.id))
        let error = await #expect(throws: OperationError.self) {
            try await Grants(context: home.context()).spend([record], for: "r")
        }
        #expect(error?.code == .approvalMissing)
    }

    @Test func `a policy's yes ends with the policy, also meanwhile`() async throws {
        let home = try await RightsHome()
        let (id, plan) = try await home.plan()
        let grants = Grants(context: home.context())
        try await grants.write(.adopted(policy: "o", name: "nightly", digest: "d"))
        let record = try await PlanBook(context: home.context()).give(
            id, plan, kind: .policy, who: "nightly", account: "policy o", origin: "policy", policy: "o")
        #expect(try await home.standing(id, plan) == "1 of 1")
        home.precede("approval spent", with: .withdrawn(policy: "o"))
        let error = await #expect(throws: OperationError.self) { try await grants.spend([record], for: "r") }
        #expect(error?.code == .approvalMissing)
        #expect(try await state(home) == "revoked")
    }

    @Test func `of two ways back, the chain shows which has the approval of the run`() async throws {
        let grants = Grants(context: try await RightsHome().context())
        try await grants.spend(approvalOf: "r", onWayBack: "first")
        let error = await #expect(throws: OperationError.self) {
            try await grants.spend(approvalOf: "r", onWayBack: "second")
        }
        #expect(error?.code == .approvalMissing)
    }

    @Test func `a revoked one stays revoked, whatever its row says`() async throws {
        let (home, id, plan) = try await approved()
        try await home.call("approval revoke", ["approval": .string(try await approval(home))])
        for sql in ["", "UPDATE approval SET revoked = NULL;"] {
            try home.tamper(sql)
            #expect(try await state(home) == "revoked")
            #expect(try await home.standing(id, plan) == "0 of 1")
            await expectRefusal(home, id)
        }
    }

    @Test func `one whose row was removed can still be taken back`() async throws {
        let (home, id, _) = try await approved()
        let approval = try await approval(home)
        try home.tamper("CREATE TABLE a AS SELECT * FROM approval; DELETE FROM approval;")
        await expectRefusal(home, id)
        try await home.call("approval revoke", ["approval": .string(approval)])
        try home.tamper("INSERT INTO approval SELECT * FROM a;")
        await expectRefusal(home, id)
    }

    @Test(arguments: [
        "UPDATE approval SET id = 'forged'", "UPDATE approval SET who = 'person:root'",
        "UPDATE approval SET account = '0'", "UPDATE approval SET kind = 'policy'",
        "UPDATE approval SET origin = 'x'", "UPDATE approval SET given = given - 1",
        "UPDATE approval SET mark = replace(mark, substr(mark, 1, 1), 'z')",
    ])
    func `an altered one counts for nothing`(_ sql: String) async throws {
        let (home, id, plan) = try await approved()
        try home.tamper(sql + ";")
        #expect(["altered", "unproven"].contains(try await state(home)))
        #expect(try await home.standing(id, plan) == "0 of 1")
        await expectRefusal(home, id)
    }

    @Test func `one of another plan counts for nothing here`() async throws {
        let (home, _, _) = try await approved()
        let (other, plan) = try await home.plan(minutes: 14)
        try home.tamper("UPDATE approval SET plan = '\(other)';")
        #expect(try await home.standing(other, plan) == "0 of 1")
        await expectRefusal(home, other)
    }

    @Test(arguments: [
        "DELETE FROM audit WHERE operation = 'approval spent';",
        "DELETE FROM audit WHERE sequence > (SELECT sequence FROM audit WHERE operation = 'approval granted');",
        "UPDATE audit SET operation = 'approval noted' WHERE operation = 'approval spent';",
        "UPDATE audit SET phase = 'outcome' WHERE operation = 'approval spent';",
    ])
    func `a chain that was cut or altered proves nothing`(_ sql: String) async throws {
        let (home, id, _) = try await approved()
        let record = try #require(try await home.ledger().approvals(ofPlan: id).first)
        try await Grants(context: home.context()).spend([record], for: "r")
        try home.tamper(sql + " UPDATE approval SET used_by = NULL;")
        await expectRefusal(home, id, .auditBroken)
        let list = try await home.call("approval list")
        #expect(list["approvals"]?.array?.first?["state"]?.string == "unproven")
        #expect(list["warnings"]?.array?.isEmpty == false)
    }

    @Test func `an older copy of the database is noticed by the checkpoint`() async throws {
        let (home, id, _) = try await approved()
        try Shell.run("sqlite3 '\(home.paths.database)' \".backup '\(home.scratch.path)/older'\"")
        let record = try #require(try await home.ledger().approvals(ofPlan: id).first)
        try await Grants(context: home.context()).spend([record], for: "r")
        try Shell.run("sqlite3 '\(home.paths.database)' \".restore '\(home.scratch.path)/older'\"")
        await expectRefusal(home, id, .auditBroken)
        let error = await #expect(throws: OperationError.self) {
            try await home.call("approve", ["plan": .string(id)], person: bob)
        }
        #expect(error?.message.contains("does not prove who approved what") == true)
    }

    // MARK: Several people

    @Test func `two people are two accounts`() async throws {
        let home = try await RightsHome()
        let (id, plan) = try await home.plan()
        try await home.call("device set", ["device": "web", "approvals": 2])
        let first = try await home.call("approve", ["plan": .string(id)], person: ann)
        #expect(first["approvals"]?.int == 1 && first["approvalsNeeded"]?.int == 2)
        #expect(try await home.standing(id, plan) == "1 of 2")
        #expect(await home.refusal("approve", ["plan": .string(id)], person: ann) == .approvalMissing)
        #expect(await home.refusal("restore apply", ["plan": .string(id)], person: ann) == .approvalMissing)
        await expectRefusal(home, id)
        let list = try await home.call("approval list")["approvals"]?.array?.first
        #expect(list?["approvals"]?.int == 1 && list?["approvalsNeeded"]?.int == 2)
        try await home.call("approve", ["plan": .string(id)], person: bob)
        #expect(try await home.standing(id, plan) == "2 of 2")
        // Also where the list shows only one of them.
        let newest = try await home.call("approval list", ["limit": 1])["approvals"]?.array ?? []
        #expect(newest.count == 1 && newest.first?["approvals"]?.int == 2)
        #expect(newest.first?["account"]?.string == "1002")
    }

    @Test func `fewer people than before are a person's decision, on the record`() async throws {
        let home = try await RightsHome()
        try await home.call("device set", ["device": "web", "approvals": 3])
        let fewer: [String: JSONValue] = ["device": "web", "approvals": 1]
        #expect(await home.refusal("device set", fewer) == .personRequired)
        let other = TypingPerson(1001, typing: "yes")
        #expect(await home.refusal("device set", fewer, person: other) == .approvalMissing)
        #expect(try await home.call("device show", ["device": "web"])["approvals"]?.int == 3)
        try await home.call("device set", fewer, person: ann)
        #expect(try await home.call("device show", ["device": "web"])["approvals"]?.int == 1)
        let key = RightsHome.hostKey.fingerprint
        #expect(
            try await home.facts() == [
                .required(device: "web", hostKey: key, approvals: 3),
                .required(device: "web", hostKey: key, approvals: 1),
            ])
    }

    @Test func `a device that is removed and added again needs as many people`() async throws {
        let home = try await RightsHome()
        try await home.call("device set", ["device": "web", "approvals": 2])
        let web = try #require(try await home.registry().device(named: RightsHome.web))
        try await home.call("device remove", ["device": "web"])
        var again = web
        again.approvals = nil
        try await home.registry().add(again)
        let (id, plan) = try await home.plan()
        #expect(try await home.standing(id, plan) == "0 of 2")
        #expect(await home.refusal("device set", ["device": "web", "approvals": 0]) == .argumentInvalid)
    }
}
