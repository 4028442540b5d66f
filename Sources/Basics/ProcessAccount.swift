import Glibc

/// Who runs this process, as far as the system itself tells.
package struct ProcessAccount: Sendable, Equatable {
    /// Number of the account that tells people apart: the one they logged in with where the system keeps it, also behind
    /// `su` and `sudo`; else the real one of the process.
    package let identity: UInt32
    /// The name of that account; its number where it has none.
    package let name: String
    /// The real number of the process's account.
    package let realID: UInt32
    /// Where the login came from: an address; empty at the machine itself.
    package let remote: String

    /// The present process.
    package static var current: ProcessAccount {
        let login = try? SmallFile.text(at: "/proc/self/loginuid")
        return ProcessAccount(
            realID: getuid(), isRoot: ProcessEnvironment.isRoot, loginID: login,
            variables: ProcessEnvironment.all, name: name)
    }

    /// The numbers of the account and the group that files of this process belong to.
    package static var effective: (user: UInt32, group: UInt32) { (geteuid(), getegid()) }

    /// An account that logged in as itself.
    package init(realID: UInt32, name: String, remote: String = "") {
        identity = realID
        self.realID = realID
        self.name = name
        self.remote = remote
    }

    /// - Parameters:
    ///   - loginID: what the kernel keeps of the login, as text; nil where it keeps nothing.
    ///   - variables: the environment; that of a process of root is believed about `sudo`, no other is.
    init(
        realID: UInt32, isRoot: Bool, loginID: String?, variables: [String: String],
        name: (UInt32) -> String?
    ) {
        let login = loginID.flatMap { UInt32($0.filter { !$0.isWhitespace }) }.flatMap {
            $0 == .max ? nil : $0
        }
        let sudo = isRoot ? variables["SUDO_UID"].flatMap { UInt32($0) } : nil
        identity = login ?? sudo ?? realID
        self.name = name(identity) ?? String(identity)
        self.realID = realID
        let address = (variables["SSH_CONNECTION"] ?? "").split(separator: " ").first.map(String.init) ?? ""
        let isPlain = address.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: ":"),
                UInt8(ascii: "%"):
                true
            default: false
            }
        }
        remote = isPlain ? String(address.prefix(64)) : ""
    }

    private static func name(of id: UInt32) -> String? {
        guard let entry = unsafe getpwuid(id), let name = unsafe entry.pointee.pw_name else { return nil }
        return unsafe String(cString: name)
    }
}
