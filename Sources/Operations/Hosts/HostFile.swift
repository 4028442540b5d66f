import Basics
import ConfigText
import HostConfig

/// The file of a host that is meant, and what stands in it.
struct HostFile {
    /// The largest file that is looked at, in bytes.
    private static let limit = 64 << 20

    let host: AssistantHost
    /// As it is shown and opened; links are followed when it is read.
    let path: String
    /// Nil where there is no such file.
    let snapshot: FileSnapshot?
    let document: any ConfigDocument

    /// Reads it.
    /// - Throws: `fileInvalid` for what cannot be parsed: that is never written to; `ioFailed` for what cannot be read, or
    ///   may not be, as another account made a link on its way.
    init(_ host: AssistantHost, at path: String) throws(OperationError) {
        self.host = host
        self.path = path
        let trace = try? PlaceTrace.of(path, home: HostPlace.home)
        if let text = trace?.foreignOrUnknown(from: path) {
            throw OperationError(
                .ioFailed, "\(host.title)’s file \(path) was not read: \(text)",
                hint:
                    "Nothing was changed. Look at the link; if it is meant, make it your own: chown -h \(FileStatus.user) LINK"
            )
        }
        do throws(SystemError) {
            snapshot = try FileSnapshot.read(path, limit: Self.limit)
            if let snapshot { try trace?.checkEnd(snapshot) }
        } catch {
            throw OperationError(
                .ioFailed, "\(host.title)’s file \(path) cannot be read: \(Self.reason(error))",
                hint: "Nothing was changed.")
        }
        document = try Self.document(of: host, snapshot?.bytes ?? [], path)
    }

    /// The text of a host's file.
    static func document(
        of host: AssistantHost, _ bytes: [UInt8], _ path: String
    ) throws(OperationError) -> any ConfigDocument {
        do { return try host.format.document(bytes) } catch {
            throw OperationError(changing: host, path, error)
        }
    }

    private static func reason(_ error: SystemError) -> String {
        switch (error.call, error.code) {
        case ("realpath", 2): "it is a link to what is not there"
        case ("read", 22): "it is no ordinary file"
        case ("read", 27): "it is larger than \(ByteCount(Int64(limit)))"
        default: error.reason
        }
    }

    /// Puts `bytes` in its place, after a copy of what is there.
    /// - Parameters:
    ///   - end: where it lies or will, without links.
    ///   - isShared: whether others read it, and its folder is made where it is missing.
    /// - Returns: where the copy lies; nil where there was no file.
    func write(
        _ bytes: [UInt8], at end: String, isShared: Bool, copies: HostFileCopies, now: Timestamp
    ) throws(OperationError) -> String? {
        let copy = try snapshot.map { (old) throws(OperationError) in
            try copies.keep(old.bytes, of: host.id, path, now: now)
        }
        do throws(ReplacementError) {
            if let snapshot {
                guard snapshot.path == end else { throw .changed(path) }
                try snapshot.replace(with: bytes)
            } else {
                // What root makes in the home of another account is theirs.
                let owner = ProcessEnvironment.isRoot ? Folder.owner(above: end) : nil
                let (folder, name) = (AtomicFile.folder(of: end), AtomicFile.name(of: end))
                let held: HeldFolder
                do throws(SystemError) {
                    held =
                        isShared
                        ? try HeldFolder(making: folder, permissions: 0o755, owner: owner)
                        : try HeldFolder(folder)
                } catch { throw ReplacementError(error, at: end) }
                try FileSnapshot.create(
                    bytes, name, in: held, permissions: isShared ? 0o644 : 0o600, owner: owner)
            }
        } catch { throw OperationError(replacing: path, of: host, error) }
        return copy
    }
}

extension OperationError {
    /// Why a host's file was not written.
    init(replacing path: String, of host: AssistantHost, _ error: ReplacementError) {
        switch error {
        case .changed:
            self.init(
                .fileChanged, "\(path) was changed by somebody else meanwhile, and was left to them",
                hint: "Run it again; where \(host.title) runs, end it first.")
        case .hasOtherNames:
            self.init(
                .ioFailed, "\(path) has other names (hard links), which would lose the change",
                hint: "Nothing was changed. Make it a file of its own, or a symbolic link.")
        case .system(let error):
            self.init(.ioFailed, "\(path) cannot be written: \(error)", hint: "It is as it was.")
        }
    }

    /// Why a host's text was not read or not changed.
    /// - Parameter byHand: what to do instead of a change of the text.
    init(changing host: AssistantHost, _ path: String, _ error: ConfigTextError, byHand: String? = nil) {
        switch error.kind {
        case .unreadable:
            self.init(
                .fileInvalid,
                "\(host.title)’s file \(path) cannot be understood and was left alone: \(error)",
                hint: "Put it in order first; \(host.title) may not be able to read it either.")
        case .unsupported:
            self.init(
                .fileInvalid, "\(host.title)’s file \(path) was left alone: \(error)",
                hint: byHand ?? "Put the entry in by hand; --print shows it.")
        }
    }
}
