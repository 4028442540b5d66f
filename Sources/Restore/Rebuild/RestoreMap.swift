import Basics
import Vault

/// A name that is another one on the other machine: `A=B`, or `KIND:A=B` where A could mean several things.
///
/// Users and paths change whom files belong to and where they go. Interfaces and addresses change text, as whole words
/// and in configuration only. Nothing else of a file is ever rewritten.
package struct RestoreMap: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case user
        case path
        case interface
        case address
    }

    /// Why a map is refused.
    package struct Failure: Error, Equatable {
        package let message: String
        package let hint: String

        package init(message: String, hint: String) {
            self.message = message
            self.hint = hint
        }
    }

    /// Names that maps may speak of.
    package struct Names: Sendable {
        package var users: Set<String>
        package var interfaces: Set<String>
        /// Nil while the other machine was not read.
        package var otherInterfaces: Set<String>?

        package init(users: Set<String>, interfaces: Set<String>, otherInterfaces: Set<String>? = nil) {
            self.users = users
            self.interfaces = interfaces
            self.otherInterfaces = otherInterfaces
        }
    }

    package let kind: Kind
    package let from: String
    package let to: String

    /// The stored form, always with its kind.
    package var text: String { "\(kind.rawValue):\(from)=\(to)" }

    package init(_ kind: Kind, from: String, to: String) {
        self.kind = kind
        self.from = from
        self.to = to
    }

    /// Reads the stored form.
    package init?(stored text: String) {
        guard let colon = text.firstIndex(of: ":"), let kind = Kind(rawValue: String(text[..<colon])),
            let equals = text[colon...].firstIndex(of: "=")
        else { return nil }
        self.init(
            kind, from: String(text[text.index(after: colon)..<equals]),
            to: String(text[text.index(after: equals)...]))
    }

    /// Reads what a person typed, and what it means in this backup.
    package static func parse(_ typed: String, _ names: Names) throws(Failure) -> RestoreMap {
        var text = Substring(typed)
        var kind: Kind?
        for candidate in Kind.allCases where text.hasPrefix(candidate.rawValue + ":") {
            kind = candidate
            text = text.dropFirst(candidate.rawValue.count + 1)
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[0] != parts[1] else {
            throw Failure(
                message: "--map \(typed) is not of the form A=B", hint: "For example: --map alice=bob")
        }
        let meaning: Kind
        if let kind { meaning = kind } else { meaning = try self.kind(of: parts[0], typed, names) }
        let map = RestoreMap(meaning, from: trimmed(parts[0]), to: trimmed(parts[1]))
        try map.check(names)
        return map
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasPrefix("/") && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    private static func kind(of name: String, _ typed: String, _ names: Names) throws(Failure) -> Kind {
        if name.hasPrefix("/") { return .path }
        if AddressText.family(name) != nil { return .address }
        let kinds: [Kind] =
            (names.users.contains(name) ? [.user] : [])
            + (names.interfaces.contains(name) ? [.interface] : [])
        guard let first = kinds.first else {
            throw Failure(
                message: "--map \(typed) matches nothing: the backup has no user and no interface ‘\(name)’",
                hint: "Maps are for names of users and interfaces, for paths and for addresses.")
        }
        guard kinds.count == 1 else {
            throw Failure(
                message: "--map \(typed) may mean a user or an interface",
                hint: "Say which: --map user:\(name)=… or --map interface:\(name)=…")
        }
        return first
    }

    /// Folders whose files programs look for by name.
    private static let fixedFolders = [
        "/etc", "/usr", "/bin", "/sbin", "/lib", "/boot", "/dev", "/proc", "/sys", "/run",
    ]

    /// Whether the map is sound, as far as `names` say.
    package func check(_ names: Names) throws(Failure) {
        func refuse(_ why: String, _ hint: String = "") -> Failure {
            Failure(message: "--map \(from)=\(to) is refused: \(why)", hint: hint)
        }
        switch kind {
        case .user:
            guard AccountTable.isPlain(to) else { throw refuse("‘\(to)’ is no name of a user") }
            guard from != "root", to != "root" else { throw refuse("root is root on every machine") }
            guard names.users.contains(from) else { throw refuse("the backup has no user ‘\(from)’") }
        case .interface:
            guard names.interfaces.contains(from) else {
                throw refuse("the backup has no interface ‘\(from)’")
            }
            if let others = names.otherInterfaces, !others.contains(to) {
                throw refuse(
                    "the other machine has no interface ‘\(to)’",
                    "It has: \(others.sorted().joined(separator: ", ")).")
            }
        case .address:
            guard let family = AddressText.family(from), family == AddressText.family(to) else {
                throw refuse("both sides must be whole addresses of one family")
            }
        case .path:
            for side in [from, to] {
                if let reason = PathGuard.problem(path: Array(side.utf8)) {
                    throw refuse("\(side) \(reason)")
                }
                if let folder = Self.fixedFolders.first(where: { side == $0 || side.hasPrefix($0 + "/") }) {
                    throw refuse("programs look for what is in \(folder) by its name")
                }
            }
            guard !to.hasPrefix(from + "/"), !from.hasPrefix(to + "/") else {
                throw refuse("one of the two paths lies in the other")
            }
        }
    }
}

/// Addresses as text.
enum AddressText {
    /// 4 or 6; nil when `text` is no whole address.
    static func family(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4,
            parts.allSatisfy({ $0.count <= 3 && UInt8($0) != nil && $0.allSatisfy(\.isNumber) })
        {
            return 4
        }
        let isSix =
            text.contains(":") && text.utf8.count <= 39 && text.components(of: "::") <= 2
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: ":") || Character(UnicodeScalar(byte)).isHexDigit
            } && text.split(separator: ":").allSatisfy { $0.count <= 4 }
            && (text.contains("::") || text.split(separator: ":").count == 8)
        return isSix ? 6 : nil
    }
}

extension String {
    /// How many parts `separator` parts the text into.
    fileprivate func components(of separator: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
