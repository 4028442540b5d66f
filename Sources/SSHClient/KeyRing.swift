import Basics
import Glibc
import RemoteExecution
import Synchronization

/// The private keys read from files, each read once as long as its file does not change.
final class KeyRing: Sendable {
    /// What a key file gave.
    enum Finding: Sendable {
        case key(PrivateKey)
        /// Protected and no passphrase opens it, or only public; the public half is for asking the agent.
        case locked(HostKey?, hasWrongPassphrase: Bool = false)
        case missing
        case unusable(String)
    }

    private struct Mark: Equatable {
        let device: UInt64
        let number: UInt64
        let seconds: Int
        let nanoseconds: Int
    }

    private let cache = Mutex<[String: (mark: Mark, finding: Finding)]>([:])
    private let passphrase: SSHSettings.Passphrase?

    /// A ring that asks `passphrase` for protected keys.
    init(passphrase: SSHSettings.Passphrase?) {
        self.passphrase = passphrase
    }

    /// The finding of an earlier `load`, unless the file changed since; never blocks for long.
    func known(_ path: String) -> Finding? {
        guard let mark = Self.mark(of: path) ?? Self.mark(of: path + ".pub") else { return .missing }
        return cache.withLock { $0[path].flatMap { $0.mark == mark ? $0.finding : nil } }
    }

    /// Reads the key file at `path`; may block for a passphrase.
    func load(_ path: String) -> Finding {
        if let known = known(path) { return known }
        guard let mark = Self.mark(of: path) ?? Self.mark(of: path + ".pub") else { return .missing }
        let finding = read(path)
        cache.withLock { $0[path] = (mark, finding) }
        return finding
    }

    private func read(_ path: String) -> Finding {
        let text: String
        switch Result(catching: { () throws(SystemError) in try SmallFile.text(at: path) }) {
        case .success(let content): text = content
        case .failure(let error) where error.code == ENOENT:
            // The private half may live in the agent alone.
            return Self.publicHalf(of: path).map { .locked($0) } ?? .missing
        case .failure(let error): return .unusable(error.reason)
        }
        guard let form = KeyFileText(text) else {
            return Self.publicKey(in: text).map { .locked($0) } ?? .unusable("it is no key")
        }
        let certificate = try? SmallFile.text(at: path + "-cert.pub")
        guard form.isProtected else {
            return PrivateKey(text: text, passphrase: nil, certificate: certificate).map(Finding.key)
                ?? .unusable("its format is not supported")
        }
        let secret = passphrase?(path)
        if let secret,
            let key = PrivateKey(text: text, passphrase: secret.exposed, certificate: certificate)
        {
            return .key(key)
        }
        return .locked(form.publicKey ?? Self.publicHalf(of: path), hasWrongPassphrase: secret != nil)
    }

    private static func publicHalf(of path: String) -> HostKey? {
        (try? SmallFile.text(at: path + ".pub")).flatMap { publicKey(in: $0) }
    }

    private static func publicKey(in line: String) -> HostKey? {
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.count >= 2 ? HostKey(base64: words[1]) : nil
    }

    private static func mark(of path: String) -> Mark? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Mark(
            device: UInt64(status.st_dev), number: UInt64(status.st_ino), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }
}
