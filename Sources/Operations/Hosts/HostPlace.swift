import Basics
import HostConfig

/// Finds the file that is meant: it exists, or its host does.
struct HostPlace {
    let environment: [String: String]
    let currentFolder: String
    var system = HostSystem.current

    /// How many files a pattern stands for at most.
    private static let patternLimit = 100

    /// Where this process looks.
    static var here: HostPlace {
        var environment = ProcessEnvironment.all
        environment["HOME"] = home
        return HostPlace(environment: environment, currentFolder: ProcessEnvironment.currentFolder)
    }

    /// The user's folder, written as paths in it begin: without a slash at its end.
    static var home: String? {
        ProcessEnvironment.value(of: "HOME").map(withoutSlash)
    }

    /// The path without slashes at its end; that of the root stays.
    static func withoutSlash(_ path: String) -> String {
        path.utf8.lastIndex { $0 != 0x2F }.map { String(path[...$0]) } ?? path
    }

    /// The files of a host that are here; for one that is not, none.
    ///
    /// What cannot be told counts as here: reading it says why.
    func present(of host: AssistantHost) -> [String] {
        if let named = host.named(on: system, environment) { return [named] }
        var seen: Set<String> = []
        return host.places(on: system, environment).flatMap(files).filter { seen.insert($0).inserted }
    }

    /// The files that a place stands for.
    private func files(_ place: ResolvedPath) -> [String] {
        var found = [place.folder]
        for part in place.parts {
            guard part.contains("*") else {
                found = found.map { "\($0)/\(part)" }
                continue
            }
            let glob = Glob(part)
            found = found.flatMap { folder -> [String] in
                do throws(SystemError) {
                    return try Folder.items(folder).filter { glob.matches($0.name.utf8) }
                        .prefix(Self.patternLimit).map { "\(folder)/\($0.name)" }
                } catch {
                    return error.meansAbsence ? [] : ["\(folder)/\(part)"]
                }
            }
        }
        return found.filter(Self.isHere)
    }

    /// Whether something is there, or that cannot be told.
    private static func isHere(_ path: String) -> Bool {
        do throws(SystemError) { return try Folder.item(path) != nil } catch { return true }
    }

    /// Whether a folder is there, or that cannot be told.
    private static func isFolder(_ path: String) -> Bool {
        do throws(SystemError) { return try FileStatus.isFolder(path) == true } catch { return true }
    }

    /// Where the link at `path` leads, or `path` itself without links above it; nil where it leads nowhere.
    /// - Throws: `ioFailed` for one that cannot be followed.
    static func end(of path: String) throws(OperationError) -> String? {
        do { return try Folder.realPathIfPresent(path) } catch {
            throw OperationError(
                .ioFailed, "Where \(path) leads cannot be told: \(error.reason)",
                hint: "Mend the link, or let this account follow it.")
        }
    }

    /// The file of a host for its user, or the one in a project's folder, or the one that is named.
    /// - Throws: `hostMissing` where the host seems not to be here; `argumentInvalid` where several files could be meant.
    func path(
        of host: AssistantHost, file: String?, project: String?
    ) throws(OperationError) -> String {
        if let file { return absolute(file) }
        guard let project else { return try ownPath(of: host) }
        guard let name = host.projectFile else {
            throw OperationError(
                .argumentInvalid, "\(host.title) has no file for a project that is known here",
                hint: "Leave --project out, or name the file with --file.")
        }
        let folder = absolute(project)
        let isThere: Bool
        do { isThere = try FileStatus.isFolder(folder) == true } catch {
            throw OperationError(.ioFailed, "The folder \(folder) cannot be looked at: \(error.reason)")
        }
        guard isThere else { throw OperationError(.fileUnknown, "There is no folder \(folder)") }
        return "\(folder)/\(name)"
    }

    func absolute(_ path: String) -> String {
        let isHome = path.hasPrefix("~/")
        let whole =
            isHome
            ? (environment["HOME"] ?? "~") + path.dropFirst()
            : path.hasPrefix("/") ? path : "\(currentFolder)/\(path)"
        guard whole.hasPrefix("/") else { return whole }
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private func ownPath(of host: AssistantHost) throws(OperationError) -> String {
        let paths = host.paths(on: system, environment)
        let present = present(of: host)
        // What its variable names is what the host reads.
        if let named = host.named(on: system, environment) { return named }
        guard present.count < 2 else {
            throw OperationError(
                .argumentInvalid,
                "\(host.title) has several files here, and which one it reads is not known: \(present.joined(separator: ", "))",
                hint: "Name one of them with --file.")
        }
        if let path = present.first { return path }
        let likely = paths.first { !$0.contains("*") && Self.isFolder(AtomicFile.folder(of: $0)) }
        if let likely, !host.makesFileItself { return likely }
        let places = paths.isEmpty ? "no place is known" : "there is no " + paths.joined(separator: ", nor ")
        throw OperationError(
            .hostMissing, "\(host.title) seems not to be here: \(places)",
            hint:
                "Start \(host.title) once and run it again, or name its file with --file. holdfast mcp install --host \(host.id) --print shows the entry."
        )
    }

    /// Whether `path` is a place where a host looks for its file.
    func isOwn(_ path: String, of host: AssistantHost) -> Bool {
        var spellings = [path]
        if let home = environment["HOME"], let real = try? Folder.realPath(home), path.hasPrefix(real + "/") {
            spellings.append(home + path.dropFirst(real.count))
        }
        let places = host.places(on: system, environment)
        return spellings.contains { spelling in places.contains { $0.matches(spelling) } }
    }

    /// Whether a file that is not there is missed: the host looks there, or the folder is there without it.
    func expects(_ path: String, of host: AssistantHost) -> Bool {
        isOwn(path, of: host) || Self.isFolder(AtomicFile.folder(of: path))
    }

    /// The path as backups know it: without links above the account's home.
    func place(_ path: String) -> String {
        (try? PlaceTrace.of(path, home: environment["HOME"]))?.place ?? path
    }

    /// Where a file belongs for this user that was kept as `path`, here or elsewhere, or by its name alone.
    ///
    /// One of the host's own place is taken for that place here; another one, as that of a project, only for its own path,
    /// where that lies in this account's home.
    /// - Parameter isOwn: whether it was at the host's own place there; nil where that is not known.
    /// - Throws: `argumentInvalid` where that cannot be told; `ioFailed` for a link that cannot be followed.
    func home(
        of path: String, of host: AssistantHost, isOwn: Bool? = nil
    ) throws(OperationError) -> String {
        let places = host.places(on: system, environment)
        guard !places.contains(where: { $0.matches(path) }) else { return path }
        // Where a link leads from one of them.
        for file in present(of: host) where try Self.end(of: file) == path { return file }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if isOwn != true, isInHome(path), host.fileNames(on: system).contains(name) { return path }
        let likely = places.filter { !$0.isPattern && $0.parts.last == name }.map(\.text)
        guard isOwn ?? (path == name || host.isOwnElsewhere(path)),
            let home = likely.first(where: Self.isHere) ?? likely.first
                ?? places.lazy.compactMap({ $0.path(like: path) }).first
        else {
            throw OperationError(
                .argumentInvalid,
                isOwn == false
                    ? "‘\(path)’ was not at the place where \(host.title) has its file, but one that was named with --file"
                    : "Where \(host.title) has ‘\(path)’ on this machine cannot be told",
                hint: "Say where it belongs with --file.")
        }
        return home
    }

    /// Whether a path lies below the account's home, by its text.
    private func isInHome(_ path: String) -> Bool {
        guard let home = environment["HOME"], home.count > 1, path.hasPrefix(home + "/") else { return false }
        let names = path.dropFirst(home.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        return !names.contains { ["", ".", ".."].contains($0) }
    }
}

extension ResolvedPath {
    /// Whether `path` is the one, or one of those, that it stands for.
    fileprivate func matches(_ path: String) -> Bool {
        guard path.hasPrefix(folder + "/") else { return false }
        return fits(path.dropFirst(folder.count + 1).split(separator: "/", omittingEmptySubsequences: false))
    }

    /// Where below it a file belongs that ends in the same names elsewhere; nil for one that does not, or no pattern.
    fileprivate func path(like path: String) -> String? {
        let names = path.split(separator: "/", omittingEmptySubsequences: false).suffix(parts.count)
        guard isPattern, fits(Array(names)) else { return nil }
        return ([folder] + names.map(String.init)).joined(separator: "/")
    }

    private func fits(_ names: [Substring]) -> Bool {
        names.count == parts.count
            && zip(names, parts).allSatisfy { name, part in
                !["", ".", ".."].contains(name) && Glob(part).matches(name.utf8)
            }
    }
}
