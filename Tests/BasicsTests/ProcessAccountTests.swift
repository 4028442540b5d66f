import Testing

@testable import Basics

@Suite struct ProcessAccountTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        var real: UInt32 = 1000
        var isRoot = false
        var login: String?
        var variables: [String: String] = [:]
        let identity: UInt32

        var testDescription: String { id }
    }

    private static let cases = [
        Case(id: "an account of its own", identity: 1000),
        Case(id: "behind su: the login counts", real: 0, isRoot: true, login: "1001\n", identity: 1001),
        Case(id: "no login kept", login: "4294967295", identity: 1000),
        Case(id: "a login that is none", login: "root", identity: 1000),
        Case(
            id: "root through sudo", real: 0, isRoot: true, variables: ["SUDO_UID": "1002"], identity: 1002),
        Case(
            id: "sudo cannot change the login", real: 0, isRoot: true, login: "1001",
            variables: ["SUDO_UID": "1002"], identity: 1001),
        Case(id: "others are not believed about sudo", variables: ["SUDO_UID": "1002"], identity: 1000),
    ]

    private func account(_ this: Case) -> ProcessAccount {
        ProcessAccount(
            realID: this.real, isRoot: this.isRoot, loginID: this.login, variables: this.variables
        ) { $0 == 1001 ? "ann" : nil }
    }

    @Test(arguments: cases)
    func `people are told apart by their login`(_ this: Case) {
        let account = account(this)
        #expect(account.identity == this.identity)
        #expect(account.name == (this.identity == 1001 ? "ann" : String(this.identity)))
        #expect(account.realID == this.real)
    }

    @Test(arguments: [
        ("10.0.0.7 50000 10.0.0.1 22", "10.0.0.7"), ("fe80::1%eth0 1 ::1 22", "fe80::1%eth0"), ("", ""),
        ("\u{1B}[2J 1 2 3", ""), ("$(reboot) 1", ""),
    ])
    func `where a login came from is an address or nothing`(_ text: String, _ expected: String) {
        let this = Case(id: "", variables: ["SSH_CONNECTION": text], identity: 1000)
        #expect(account(this).remote == expected)
    }
}
