import Basics
import RemoteExecution
import Restore
import Storage
import TestSupport
import Testing

@testable import Operations

/// Policies are a person's, as they were adopted, until they are taken back.
@Suite struct PolicyAdoptionTests {
    private let ann = TypingPerson(1001, typing: "web")

    private func write(_ home: RightsHome, _ change: [String: JSONValue] = [:]) throws -> JSONValue {
        let members = PolicyTests.file.merging(change) { $1 }.filter { !$0.value.isNull }
        try home.scratch.write(JSONWriter.bytes(.object(members)), to: "policy.json")
        return .string(home.scratch.path + "/policy.json")
    }

    private func adopted(_ change: [String: JSONValue] = [:]) async throws -> RightsHome {
        let home = try await RightsHome()
        try await home.call("policy adopt", ["file": try write(home, change)], person: ann)
        return home
    }

    private func state(_ home: RightsHome) async throws -> String? {
        try await home.call("policy show", ["policy": "nightly"])["state"]?.string
    }

    @Test func `only a person who types the devices' names adopts one`() async throws {
        let home = try await RightsHome()
        let file = ["file": try write(home)]
        #expect(await home.refusal("policy adopt", file) == .personRequired)
        let other = TypingPerson(1001, typing: "yes")
        #expect(await home.refusal("policy adopt", file, person: other) == .approvalMissing)
        #expect(try await home.call("policy list")["policies"]?.array?.isEmpty == true)
        #expect(try await home.facts().isEmpty)
        let shown = try await home.call("policy adopt", file, person: ann)
        #expect(shown["state"]?.string == "valid" && shown["who"]?.string == "person:p1001")
        #expect(shown["devices"]?.array == ["web"])
        guard case .adopted(_, "nightly", _)? = try await home.facts().first else {
            Issue.record("the adoption is not on the chain")
            return
        }
        #expect(await home.refusal("policy adopt", file, person: ann) == .policyExists)
    }

    @Test func `a tag stands for the devices that carry it now`() async throws {
        let home = try await adopted(["devices": .null, "tag": "www"])
        #expect(try await home.call("policy show", ["policy": "nightly"])["devices"]?.array == ["web"])
        let none = ["file": try write(home, ["devices": .null, "tag": "other", "name": "x"])]
        #expect(await home.refusal("policy adopt", none, person: ann) == .deviceUnknown)
    }

    @Test(
        arguments: [
            (["expires": "2026-11-21T09:30:00Z"], OperationError.Code.argumentInvalid),
            (["expires": "2028-01-01T00:00:00Z"], .argumentInvalid),
            (["devices": ["nobody"]], .deviceUnknown),
            (["maxSteps": 0], .argumentInvalid),
        ] as [([String: JSONValue], OperationError.Code)])
    func `what cannot count is not adopted`(
        _ change: [String: JSONValue], _ code: OperationError.Code
    ) async throws {
        let home = try await RightsHome()
        let file = ["file": try write(home, change)]
        #expect(await home.refusal("policy adopt", file, person: ann) == code)
    }

    @Test func `one that was taken back stays so, whatever its row says`() async throws {
        let home = try await adopted()
        try await home.call("policy revoke", ["policy": "nightly"])
        #expect(try await state(home) == "revoked")
        try home.tamper("UPDATE policy SET revoked = NULL;")
        #expect(try await state(home) == "revoked")
        #expect(await home.refusal("policy show", ["policy": "nobody"]) == .policyUnknown)
    }

    @Test func `one ends on its day, by the clock of the stores`() async throws {
        let home = try await adopted()
        #expect(try await state(home) == "valid")
        home.clock.advance(by: .seconds(40 * 86_400))
        #expect(try await state(home) == "expired")
    }

    @Test(arguments: [
        (
            "UPDATE policy SET document = CAST(replace(CAST(document AS TEXT), ':2,', ':200,') AS BLOB);",
            "altered"
        ),
        ("UPDATE policy SET document = x'7b7d';", "altered"),
        ("UPDATE policy SET id = 'forged';", "unproven"),
        (
            "INSERT INTO policy SELECT NULL, 'f', 'nightly', document, adopted + 1, who, 1 FROM policy;",
            "valid"
        ),
    ])
    func `an edited row counts for nothing`(_ sql: String, _ expected: String) async throws {
        let home = try await adopted()
        try home.tamper(sql)
        #expect(try await state(home) == expected)
        let all = try await home.call("policy list")["policies"]?.array ?? []
        #expect(all.filter { $0["state"]?.string == "valid" }.count <= 1)
    }

    @Test func `a policy's approval ends with the policy`() async throws {
        let home = try await adopted()
        let (id, plan) = try await home.plan()
        let entry = try #require(
            try await PolicyBook(context: home.context()).entries(
                try await Grants(context: home.context()).book()
            ).first)
        _ = try await PlanBook(context: home.context()).give(
            id, plan, kind: .policy, who: "nightly", account: "policy \(entry.record.id)", origin: "policy",
            policy: entry.record.id)
        #expect(try await home.standing(id, plan) == "1 of 1")
        let shown = try await home.call("approval list")["approvals"]?.array?.first
        #expect(shown?["kind"]?.string == "policy" && shown?["who"]?.string == "nightly")
        try await home.call("policy revoke", ["policy": "nightly"])
        #expect(try await home.standing(id, plan) == "0 of 1")
    }

    @Test func `where several people are needed, a policy is nobody`() async throws {
        let home = try await adopted()
        let (id, plan) = try await home.plan()
        let entry = try #require(
            try await home.context().policies().first)
        _ = try await PlanBook(context: home.context()).give(
            id, plan, kind: .policy, who: "nightly", account: "policy \(entry.record.id)", origin: "policy",
            policy: entry.record.id)
        try await home.call("device set", ["device": "web", "approvals": 2])
        #expect(try await home.standing(id, plan) == "0 of 2")
    }
}
