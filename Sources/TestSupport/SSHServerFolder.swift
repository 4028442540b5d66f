import Basics
import CSystem
import Glibc
package import RemoteExecution

/// A private folder of a test, with SSH keys made in it; removed with the last reference.
package final class SSHServerFolder: Sendable {
    /// Kinds of keys that `ssh-keygen` makes.
    package enum KeyKind: String, Sendable, CaseIterable {
        case ed25519
        case ecdsa
        case rsa
    }

    /// Its path, without a slash at the end.
    package let path: String

    /// - Throws: when the folder cannot be made.
    package init() throws {
        var template = Array("/tmp/holdfast-ssh-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { _ = try? SSHServerProcess.run(["/bin/rm", "-rf", "--", path]) }

    /// The path of `name` in the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file only its owner may read; returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let descriptor = unsafe holdfast_open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", file(name)) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw SystemError("write", file(name)) }
            rest = rest.dropFirst(count)
        }
        return file(name)
    }

    /// The text of a file of the folder; empty when there is none.
    package func read(_ name: String) -> String { Self.text(at: file(name)) }

    /// Makes a key pair; returns the path of the private one.
    ///
    /// The public one ends in `.pub`.
    @discardableResult
    package func makeKey(_ kind: KeyKind, named name: String, passphrase: String = "") throws -> String {
        let bits = kind == .rsa ? ["-b", "2048"] : []
        let status = try SSHServerProcess.run(
            [
                "/usr/bin/ssh-keygen", "-q", "-t", kind.rawValue, "-N", passphrase, "-C", name, "-f",
                file(name),
            ] + bits)
        guard status == 0 else { throw SystemError("ssh-keygen", name, code: EINVAL) }
        return file(name)
    }

    /// Puts a passphrase on an existing key.
    package func protect(_ key: String, passphrase: String) throws {
        let status = try SSHServerProcess.run(
            ["/usr/bin/ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", key])
        guard status == 0 else { throw SystemError("ssh-keygen", key, code: EINVAL) }
    }

    /// Signs the public half of `key` with the authority `authority`, for a login as `user`.
    package func certify(_ key: String, by authority: String, as user: String) throws {
        let status = try SSHServerProcess.run([
            "/usr/bin/ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", user, "-V", "-1d:+1d",
            key + ".pub",
        ])
        guard status == 0 else { throw SystemError("ssh-keygen", key, code: EINVAL) }
    }

    /// Replaces the host names in a `known_hosts` file by their hashes.
    package func hashKnownHosts(_ path: String) throws {
        let status = try SSHServerProcess.run(["/usr/bin/ssh-keygen", "-q", "-H", "-f", path])
        guard status == 0 else { throw SystemError("ssh-keygen", path, code: EINVAL) }
    }

    /// The public half of the key pair at `path`.
    package static func publicKey(of path: String) -> HostKey? {
        let words = text(at: path + ".pub").split(separator: " ")
        return words.count >= 2 ? HostKey(base64: words[1]) : nil
    }

    /// The text of any file; empty when there is none.
    static func text(at path: String) -> String {
        let descriptor = unsafe holdfast_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, 65_536)
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += buffer.prefix(count)
        }
    }
}
