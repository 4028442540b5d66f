private import CSystem
import Glibc

/// Why a file was not replaced; it is as it was.
package enum ReplacementError: Error, Equatable {
    /// It is not, or no longer, the file that was read: somebody else wrote it meanwhile.
    case changed(String)
    /// It has several names, and the others would go on meaning the old content.
    case hasOtherNames(String)
    case system(SystemError)
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
        let temporary = Self.temporaryName(for: path)
        let lack: Lack
        do throws(SystemError) {
            lack = try write(bytes, permissions ?? mode, modified, owner, attributes, to: temporary)
        } catch {
            Self.discard(temporary)
            throw .system(error)
        }
        moment(.written)
        do throws(ReplacementError) { try exchange(temporary, moment) } catch {
            Self.discard(temporary)
            throw error
        }
        Self.discard(temporary)
        do { try Folder.sync(AtomicFile.folder(of: path)) } catch { throw .system(error) }
        return lack
    }

    /// Puts a symbolic link in the place of the file, in one step, if it is still the one that was read.
    ///
    /// Blocks.
    package func replace(byLinkTo target: String) throws(ReplacementError) {
        let temporary = Self.temporaryName(for: path)
        defer { Self.discard(temporary) }
        do { try Folder.makeLink(to: target, at: temporary) } catch { throw .system(error) }
        try exchange(temporary) { _ in }
        do { try Folder.sync(AtomicFile.folder(of: path)) } catch { throw .system(error) }
    }

    /// Makes a new file, unless somebody else was quicker.
    ///
    /// Blocks.
    /// - Parameters:
    ///   - path: in a folder that exists.
    ///   - owner: whose it becomes, where this account may say so.
    ///   - attributes: given to it as far as the disk and this account's rights go.
    /// - Returns: what of them it did not get.
    @discardableResult
    package static func create(
        _ bytes: [UInt8], at path: String, permissions: UInt32 = 0o600, modified: Int64? = nil,
        owner: (user: UInt32, group: UInt32)? = nil, attributes: [FileAttribute] = []
    ) throws(ReplacementError) -> Lack {
        let temporary = temporaryName(for: path)
        defer { discard(temporary) }
        do throws(SystemError) {
            let file = try OpenFile(temporary, .create)
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
            guard unsafe link(temporary, path) == 0 else { throw SystemError("link", path) }
            try Folder.sync(AtomicFile.folder(of: path))
            return lack
        } catch {
            throw error.code == EEXIST ? .changed(path) : .system(error)
        }
    }

    /// Takes the file away, if it is still the one that was read.
    ///
    /// Blocks. What somebody else wrote at the very last moment is put back; where they made a new file meanwhile, the
    /// other one stays under its temporary name.
    package func remove() throws(ReplacementError) {
        guard try isUnchanged(at: path) else { throw .changed(path) }
        let temporary = Self.temporaryName(for: path)
        do { try Folder.rename(path, to: temporary) } catch { throw .system(error) }
        guard try isUnchanged(at: temporary) else {
            if unsafe link(temporary, path) == 0 { Self.discard(temporary) }
            throw .changed(path)
        }
        do throws(SystemError) {
            try Folder.removeFile(temporary)
            try Folder.sync(AtomicFile.folder(of: path))
        } catch { throw .system(error) }
    }

    private static func temporaryName(for path: String) -> String {
        let (folder, start) = temporaryStart(for: path)
        return "\(folder)/\(start)\(Base32.randomName()).tmp"
    }

    private static func temporaryStart(for path: String) -> (folder: String, start: String) {
        let name = path.split(separator: "/").last ?? "file"
        return (AtomicFile.folder(of: path), ".\(name.prefix(100)).")
    }

    /// How long ago a temporary file was touched that nobody works with any more, in seconds.
    private static let leftoverAge = 60

    /// Takes away temporary files that replacements of `path` left behind which were killed.
    ///
    /// Blocks. What cannot be taken away stays.
    /// - Parameter now: in seconds since 1970.
    package static func removeLeftovers(of path: String, now: Int = time(nil)) {
        let (folder, start) = temporaryStart(for: path)
        let length = start.count + Base32.nameLength + ".tmp".count
        for name in (try? Folder.names(folder)) ?? []
        where name.hasPrefix(start) && name.hasSuffix(".tmp") && name.count == length {
            var status = stat()
            let file = "\(folder)/\(name)"
            guard unsafe lstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR,
                now - Int(status.st_ctim.tv_sec) > leftoverAge
            else { continue }
            discard(file)
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
        _ more: [FileAttribute]?, to temporary: String
    ) throws(SystemError) -> Lack {
        let file = try OpenFile(temporary, .create)
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

    private func exchange(_ temporary: String, _ moment: (Moment) -> Void) throws(ReplacementError) {
        guard try isUnchanged(at: path) else { throw .changed(path) }
        guard unsafe holdfast_exchange(temporary, path) == 0 else {
            guard [ENOSYS, EINVAL, ENOTSUP].contains(errno) else {
                throw .system(SystemError("rename", path))
            }
            // A disk without exchanges: what is written between the look and the renaming is not noticed there.
            do { return try Folder.rename(temporary, to: path) } catch { throw .system(error) }
        }
        moment(.exchanged)
        guard try !isUnchanged(at: temporary) else { return }
        guard unsafe holdfast_exchange(temporary, path) == 0 else {
            throw .system(SystemError("rename", path))
        }
        throw .changed(path)
    }

    private func isUnchanged(at place: String) throws(ReplacementError) -> Bool {
        do { return try isStill(at: place) } catch { throw .system(error) }
    }

    /// A temporary file that is left harms nothing.
    private static func discard(_ path: String) { _ = try? Folder.removeFile(path) }
}
