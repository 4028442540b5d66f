import Basics
import CSystem
import Glibc
import RemoteExecution
import Synchronization

/// The private keys read from files, each read once as long as its file does not change.
final class KeyRing: Sendable {
    /// What a key file gave.
    enum Finding: Sendable {
        case key(PrivateKey)
        /// Protected, and no passphrase opens it; the public half is for asking the agent.
        case locked(HostKey?)
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
        guard let mark = Self.mark(of: path) else { return .missing }
        return cache.withLock { $0[path].flatMap { $0.mark == mark ? $0.finding : nil } }
    }

    /// Reads the key file at `path`; may block for a passphrase.
    func load(_ path: String) -> Finding {
        if let known = known(path) { return known }
        guard let mark = Self.mark(of: path) else { return .missing }
        let finding = read(path)
        cache.withLock { $0[path] = (mark, finding) }
        return finding
    }

    private func read(_ path: String) -> Finding {
        let text: String
        switch Result(catching: { () throws(SystemError) in try SmallFile.text(at: path) }) {
        case .success(let content): text = content
        case .failure(let error): return error.code == ENOENT ? .missing : .unusable(error.reason)
        }
        guard let form = KeyFileText(text) else { return .unusable("it is no private key") }
        let certificate = try? SmallFile.text(at: path + "-cert.pub")
        guard form.isProtected else {
            return PrivateKey(text: text, passphrase: nil, certificate: certificate).map(Finding.key)
                ?? .unusable("its format is not supported")
        }
        if let secret = passphrase?(path),
            let key = PrivateKey(text: text, passphrase: secret.exposed, certificate: certificate)
        {
            return .key(key)
        }
        return .locked(form.publicKey ?? Self.publicHalf(of: path))
    }

    private static func publicHalf(of path: String) -> HostKey? {
        guard let line = try? SmallFile.text(at: path + ".pub") else { return nil }
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

/// Reading of small text files.
enum SmallFile {
    /// The file's text; bytes that are no UTF-8 are replaced.
    ///
    /// - Throws: also `EFBIG` for more than a mebibyte.
    static func text(at path: String) throws(SystemError) -> String {
        let file = try unsafe Descriptor(
            checking: holdfast_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0), "open")
        var content: [UInt8] = []
        while true {
            switch file.read(upTo: 65_536) {
            case .bytes(let bytes): content += bytes
            case .ended: return String(decoding: content, as: UTF8.self)
            case .wouldBlock: throw SystemError("read", path, code: EAGAIN)
            case .failed(let error): throw error
            }
            guard content.count <= 1 << 20 else { throw SystemError("read", path, code: EFBIG) }
        }
    }
}
