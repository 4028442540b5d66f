import Basics
import RemoteExecution

/// Checks and conversions that the operations on devices share.
enum DeviceFields {
    /// The target that `text` and the options name.
    static func target(
        _ text: String, identity: String?, jumps: [String]
    ) throws(OperationError) -> SSHTarget {
        for address in [text] + jumps where SSHTarget.hasPassword(address) {
            throw OperationError(
                .argumentInvalid, "An address has no password; what stands before ‘@’ holds a colon",
                hint: "Write [user@]host[:port]; Holdfast logs in with a key, which --identity names.")
        }
        guard var target = SSHTarget(text) else {
            throw OperationError(
                .argumentInvalid, "‘\(text)’ is no address of a machine",
                hint: "Write [user@]host[:port]; an IPv6 address with a port stands in brackets.")
        }
        for jump in jumps where SSHTarget(jump) == nil {
            throw OperationError(
                .argumentInvalid, "‘\(jump)’ is no address of a jump host", hint: "Write [user@]host[:port].")
        }
        // The next command may run in another folder.
        target.identityFile = identity.map { path in
            path.hasPrefix("/") || path.hasPrefix("~") ? path : "\(ProcessEnvironment.currentFolder)/\(path)"
        }
        target.jumps = jumps
        return target
    }

    /// The arguments of a call, without what stands in an address in the place of a password.
    static func withoutPasswords(_ arguments: [String: JSONValue]) -> [String: JSONValue] {
        func clean(_ value: JSONValue) -> JSONValue {
            switch value {
            case .string(let text) where SSHTarget.hasPassword(text): .string("‹hidden›")
            case .array(let values): .array(values.map(clean))
            default: value
            }
        }
        var arguments = arguments
        for name in ["address", "jump"] { arguments[name] = arguments[name].map(clean) }
        return arguments
    }

    /// Names that mean something else on a command line.
    private static let reserved: Set<String> = ["all", "latest", "live", "local"]

    /// Why a new device cannot have this name; nil when it can.
    static func reasonAgainst(_ name: DeviceName) -> String? {
        reserved.contains(name.text.lowercased())
            ? "‘\(name)’ means something else in commands and cannot be the name of a device" : nil
    }

    /// A label or note by a person: at most 200 characters, none of them a control character.
    static func label(_ text: String, of option: String) throws(OperationError) -> String {
        guard text.count <= 200, text.utf8.count <= 800,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw OperationError(
                .argumentInvalid, "--\(option) takes one line of at most 200 characters",
                hint: "This one has \(text.count.counted("character"))"
                    + (text.count <= 200 ? ", some of which are control characters." : "."))
        }
        return text
    }

    /// Tags, sorted and once each.
    static func tags(_ tags: [String]) throws(OperationError) -> [String] {
        for tag in tags where DeviceName(tag) == nil {
            throw OperationError(
                .argumentInvalid, "‘\(tag)’ is no tag",
                hint: "A tag is made of letters, digits, ‘.’, ‘_’ and ‘-’, at most 63.")
        }
        return Set(tags).sorted()
    }

    /// Absolute paths, once each, in the given order.
    static func paths(_ paths: [String]) throws(OperationError) -> [String] {
        var seen: Set<String> = []
        for path in paths {
            let bytes = DeviceText.bytes(path)
            let names = bytes.split(separator: UInt8(ascii: "/"))
            guard bytes.first == UInt8(ascii: "/"), !bytes.contains(0),
                !names.contains(where: { $0.elementsEqual("..".utf8) })
            else {
                throw OperationError(
                    .argumentInvalid, "‘\(path)’ is no absolute path",
                    hint: "Write it from the root, without ‘..’.")
            }
        }
        return paths.filter { seen.insert($0).inserted }
    }

    /// Exclude globs, each of which can match an absolute path.
    static func excludes(_ globs: [String]) throws(OperationError) -> [String] {
        for glob in globs {
            guard let first = glob.utf8.first, "/*?[".utf8.contains(first), !glob.utf8.contains(0) else {
                let better = glob.isEmpty ? "" : " For ‘\(glob)’ anywhere, write: '*/\(glob)'"
                throw OperationError(
                    .argumentInvalid, "The exclude glob ‘\(glob)’ matches no path",
                    hint: "It is compared with whole absolute paths and begins with ‘/’ or ‘*’.\(better)")
            }
        }
        return globs
    }

    /// The key that the machine at `target` shows, accepted by a person.
    ///
    /// - Throws: `hostKeyUnconfirmed` with the question while `accepted` is nil; `hostKeyChanged` when the machine
    ///   shows another key than the accepted one.
    static func confirmedKey(
        of target: SSHTarget, for name: DeviceName, accepted: String?, known: HostKey?,
        context: OperationContext
    ) async throws(OperationError) -> HostKey {
        let key: HostKey
        do { key = try await context.services.transport.hostKey(of: target, within: .seconds(15)) } catch {
            throw OperationError(error, device: name)
        }
        if let accepted {
            guard accepted == key.fingerprint else {
                throw OperationError(
                    .hostKeyChanged,
                    "\(name) shows the \(key.algorithm) host key \(key.fingerprint), not the accepted \(accepted)",
                    hint: "Nothing was stored. Compare with what the machine's own console prints: "
                        + "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
            }
            return key
        }
        let change = known.map { "It was \($0.algorithm) \($0.fingerprint). " } ?? ""
        throw OperationError(
            .hostKeyUnconfirmed,
            "\(name) at \(target) shows the \(key.algorithm) host key \(key.fingerprint). \(change)"
                + "Nobody has accepted it yet",
            hint: "If it is the right machine, pass --accept-fingerprint \(key.fingerprint)",
            confirmation: OperationError.Confirmation(
                question:
                    "Does \(name) really have the \(key.algorithm) host key \(key.fingerprint)?",
                field: "accept_fingerprint", value: key.fingerprint))
    }
}
