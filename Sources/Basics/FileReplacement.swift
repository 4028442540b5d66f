import Glibc

/// Why a file was not replaced; it is as it was.
package enum ReplacementError: Error, Equatable {
    /// It is not, or no longer, the file that was read: somebody else wrote it meanwhile.
    case changed(String)
    /// It has several names, and the others would go on meaning the old content.
    case hasOtherNames(String)
    case system(SystemError)

    /// What a failed call says of the file at `path`, which is without links.
    package init(_ error: SystemError, at path: String) {
        // Something has its name, or a link is on the way that was none.
        self = error.code == EEXIST || error.meansCircle ? .changed(path) : .system(error)
    }
}

extension FileSnapshot {
    /// Whose a file becomes that takes another one's place.
    package enum Owner: Sendable, Equatable {
        /// That of the one before; where it cannot be given, nothing is replaced.
        case kept
        /// That of the one before; where it cannot be given, this account.
        case keptIfAllowed
        /// This one where this process may say so; else as `keptIfAllowed`.
        case given(_ user: UInt32, _ group: UInt32)
    }

    /// What a file did not get that it was to have, because this account or the disk does not allow it.
    package struct Lack: Sendable, Equatable {
        /// Whether it belongs to another account or group.
        package var owner = false
        /// The names of extended attributes.
        package var attributes: [String] = []

        package init() {}

        /// Gives attributes to a file, and notes those that it does not take.
        fileprivate mutating func add(_ all: [FileAttribute], on descriptor: Int32, _ path: String) {
            for attribute in all {
                do throws(SystemError) { try attribute.set(on: descriptor, path) } catch {
                    attributes.append(DeviceText.path(attribute.nameBytes))
                }
            }
        }
    }

    /// A moment of a replacement, for tests that look in between.
    package enum Moment: Sendable {
        /// The new content is on the disk under a name of its own.
        case written
        /// The new file has the old one's name, and the old one the temporary one.
        case exchanged
    }

    /// Puts `bytes` in the place of the file, with its mode, owner and attributes, in one step.
    ///
    /// A temporary file in the same folder, fsync, exchange of names, fsync of the folder. Only a file that is still the
    /// one that was read is replaced; what was written by somebody else at the very last moment is put back.
    /// Blocks. A death at any moment leaves the old file or the new one, and perhaps the temporary one.
    /// - Parameters:
    ///   - permissions: the new mode; the old one unless given.
    ///   - modified: when its content is to have changed, in nanoseconds since 1970; the present time unless given.
    ///   - owner: whose it becomes.
    ///   - attributes: which it has then, besides labels of the system's, as far as the disk and this account's rights go;
    ///     the old ones unless given.
    /// - Returns: what of the given owner and attributes it did not get.
    @discardableResult
    package func replace(
        with bytes: [UInt8], permissions: UInt32? = nil, modified: Int64? = nil, owner: Owner = .kept,
        attributes: [FileAttribute]? = nil,
        at moment: (Moment) -> Void = { _ in }
    ) throws(ReplacementError) -> Lack {
        // One without any name was replaced while it was read.
        guard links > 0 else { throw .changed(path) }
        guard links == 1 else { throw .hasOtherNames(path) }
        let folder = try Self.hold(path)
        let temporary = Self.temporaryName(for: path)
        let lack: Lack
        do throws(SystemError) {
            let file = try folder.create(temporary)
            lack = try write(bytes, permissions ?? mode, modified, owner, attributes, to: file)
        } catch {
            Self.discard(temporary, in: folder)
            throw .system(error)
        }
        moment(.written)
        do throws(ReplacementError) { try exchange(temporary, in: folder, moment) } catch {
            Self.discard(temporary, in: folder)
            throw error
        }
        Self.discard(temporary, in: folder)
        do { try folder.sync() } catch { throw .system(error) }
        return lack
    }

    /// The folder that holds `path`, which is without links; where one has come there it is another place than the one that was read.
    private static func hold(_ path: String) throws(ReplacementError) -> HeldFolder {
        do { return try HeldFolder(of: path) } catch { throw ReplacementError(error, at: path) }
    }

    private var name: String { AtomicFile.name(of: path) }

    /// Puts a symbolic link in the place of the file, in one step, if it is still the one that was read.
    ///
    /// Blocks.
    package func replace(byLinkTo target: String) throws(ReplacementError) {
        let folder = try Self.hold(path)
        let temporary = Self.temporaryName(for: path)
        do throws(ReplacementError) {
            do { try folder.makeLink(temporary, to: target) } catch { throw .system(error) }
            try exchange(temporary, in: folder) { _ in }
        } catch {
            Self.discard(temporary, in: folder)
            throw error
        }
        Self.discard(temporary, in: folder)
        do { try folder.sync() } catch { throw .system(error) }
    }

    /// Makes a new file, unless somebody else was quicker.
    ///
    /// Blocks.
    /// - Parameters:
    ///   - path: in a folder that exists, and without links on the way: where one is, it counts as changed.
    ///   - owner: whose it becomes, where this account may say so.
    ///   - attributes: given to it as far as the disk and this account's rights go.
    /// - Returns: what of them it did not get.
    @discardableResult
    package static func create(
        _ bytes: [UInt8], at path: String, permissions: UInt32 = 0o600, modified: Int64? = nil,
        owner: (user: UInt32, group: UInt32)? = nil, attributes: [FileAttribute] = []
    ) throws(ReplacementError) -> Lack {
        try create(
            bytes, AtomicFile.name(of: path), in: try hold(path), permissions: permissions,
            modified: modified,
            owner: owner, attributes: attributes)
    }

    /// Makes a new file in an open folder, unless somebody else was quicker; see `create(_:at:)`.
    @discardableResult
    package static func create(
        _ bytes: [UInt8], _ name: String, in folder: borrowing HeldFolder, permissions: UInt32 = 0o600,
        modified: Int64? = nil, owner: (user: UInt32, group: UInt32)? = nil,
        attributes: [FileAttribute] = []
    ) throws(ReplacementError) -> Lack {
        let path = "\(folder.path)/\(name)"
        let temporary = temporaryName(for: path)
        defer { discard(temporary, in: folder) }
        do throws(SystemError) {
            let file = try folder.create(temporary)
            try FileAttribute.dropInherited(of: file.rawDescriptor, path)
            try file.write(bytes)
            if let owner, geteuid() == 0, fchown(file.rawDescriptor, owner.user, owner.group) != 0 {
                throw SystemError("chown", path)
            }
            guard fchmod(file.rawDescriptor, permissions) == 0 else { throw SystemError("chmod", path) }
            var lack = Lack()
            if let owner { lack.owner = geteuid() != 0 && owner != (geteuid(), getegid()) }
            lack.add(attributes, on: file.rawDescriptor, path)
            try Self.setTime(modified, of: file, path)
            try file.sync()
            try folder.link(temporary, to: name)
            try folder.sync()
            return lack
        } catch { throw ReplacementError(error, at: path) }
    }

    /// Takes the file away, if it is still the one that was read.
    ///
    /// Blocks. What somebody else wrote at the very last moment is put back; where they made a new file meanwhile, the
    /// other one stays under its temporary name.
    package func remove() throws(ReplacementError) {
        let folder = try Self.hold(path)
        guard try isUnchanged(name, in: folder) else { throw .changed(path) }
        let temporary = Self.temporaryName(for: path)
        do { try folder.rename(name, to: temporary) } catch { throw .system(error) }
        guard try isUnchanged(temporary, in: folder) else {
            if (try? folder.link(temporary, to: name)) != nil { Self.discard(temporary, in: folder) }
            throw .changed(path)
        }
        do throws(SystemError) {
            try folder.remove(temporary)
            try folder.sync()
        } catch { throw .system(error) }
    }

    private static func temporaryName(for path: String) -> String {
        "\(temporaryStart(for: path))\(Base32.randomName()).tmp"
    }

    private static func temporaryStart(for path: String) -> String {
        // A name has 255 bytes at most, and a character of it may have many.
        let name = AtomicFile.name(of: path)
        return ".\(String(decoding: name.utf8.prefix(100), as: UTF8.self))."
    }

    /// How long ago a temporary file was touched that nobody works with any more, in seconds.
    private static let leftoverAge = 60

    /// Takes away temporary files that replacements of `path` left behind which were killed.
    ///
    /// Blocks. What cannot be taken away stays.
    /// - Parameter now: in seconds since 1970.
    package static func removeLeftovers(of path: String, now: Int = time(nil)) {
        let start = temporaryStart(for: path)
        let length = start.utf8.count + Base32.nameLength + ".tmp".count
        guard let folder = try? HeldFolder(of: path) else { return }
        for name in (try? folder.names()) ?? []
        where name.hasPrefix(start) && name.hasSuffix(".tmp") && name.utf8.count == length {
            guard let status = try? folder.status(of: name), status.st_mode & S_IFMT != S_IFDIR,
                now - Int(status.st_ctim.tv_sec) > leftoverAge
            else { continue }
            discard(name, in: folder)
        }
    }

    private static func setTime(
        _ modified: Int64?, of file: borrowing OpenFile, _ path: String
    ) throws(SystemError) {
        guard let modified else { return }
        let (seconds, rest) = modified.quotientAndRemainder(dividingBy: 1_000_000_000)
        let time = timespec(
            tv_sec: Int(rest < 0 ? seconds - 1 : seconds),
            tv_nsec: Int(rest < 0 ? rest + 1_000_000_000 : rest))
        guard unsafe futimens(file.rawDescriptor, [time, time]) == 0 else {
            throw SystemError("utimens", path)
        }
    }

    private func write(
        _ bytes: [UInt8], _ permissions: UInt32, _ modified: Int64?, _ wanted: Owner,
        _ more: [FileAttribute]?, to file: borrowing OpenFile
    ) throws(SystemError) -> Lack {
        let descriptor = file.rawDescriptor
        try FileAttribute.dropInherited(of: descriptor, path)
        try file.write(bytes)
        let new: (user: UInt32, group: UInt32) =
            if case .given(let user, let group) = wanted, geteuid() == 0 { (user, group) } else { owner }
        let isGiven = new == (geteuid(), getegid()) || fchown(descriptor, new.user, new.group) == 0
        guard isGiven || wanted != .kept && errno == EPERM else { throw SystemError("chown", path) }
        guard fchmod(descriptor, permissions) == 0 else { throw SystemError("chmod", path) }
        for attribute in attributes where more == nil || attribute.isLabel {
            do throws(SystemError) { try attribute.set(on: descriptor, path) } catch {
                // Some are only for whoever owned it.
                guard !isGiven else { throw error }
            }
        }
        var lack = Lack()
        if case .given(let user, let group) = wanted {
            lack.owner = (isGiven ? new : (geteuid(), getegid())) != (user, group)
        }
        lack.add(more ?? [], on: descriptor, path)
        try Self.setTime(modified, of: file, path)
        try file.sync()
        return lack
    }

    private func exchange(
        _ temporary: String, in folder: borrowing HeldFolder, _ moment: (Moment) -> Void
    ) throws(ReplacementError) {
        guard try isUnchanged(name, in: folder) else { throw .changed(path) }
        do { try folder.exchange(temporary, name) } catch {
            guard [ENOSYS, EINVAL, ENOTSUP].contains(error.code) else { throw .system(error) }
            // A disk without exchanges: what is written between the look and the renaming is not noticed there.
            do { return try folder.rename(temporary, to: name) } catch { throw .system(error) }
        }
        moment(.exchanged)
        guard try !isUnchanged(temporary, in: folder) else { return }
        do { try folder.exchange(temporary, name) } catch { throw .system(error) }
        throw .changed(path)
    }

    private func isUnchanged(
        _ name: String, in folder: borrowing HeldFolder
    ) throws(ReplacementError) -> Bool {
        do { return try isStill(name, in: folder) } catch { throw .system(error) }
    }

    /// A temporary file that is left harms nothing.
    private static func discard(_ name: String, in folder: borrowing HeldFolder) {
        _ = try? folder.remove(name)
    }
}
