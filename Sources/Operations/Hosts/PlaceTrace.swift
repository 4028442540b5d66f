import Basics
import HostConfig

/// How the path where a program reads its file leads there: through which links, and where to.
struct PlaceTrace: Sendable, Equatable {
    /// A symbolic link on the way, at a path without links above it.
    struct Link: Sendable, Equatable {
        let path: String
        let target: String
    }

    /// How many links are followed at most.
    private static let limit = 40

    /// The path itself; above the account's home, where nobody has links of their own, it is without any.
    let place: String
    /// The links below that, in the order in which they are met.
    let links: [Link]
    /// Where it leads, whether or not anything is there.
    let end: String

    /// Follows `path` on this machine.
    /// - Parameter home: the account's home.
    /// - Throws: `ELOOP` for links in a circle, and whatever keeps from looking at one.
    static func of(_ path: String, home: String?) throws(SystemError) -> PlaceTrace {
        let (base, rest) = parts(path, home)
        let start = try Folder.realPathIfPresent(base.isEmpty ? "/" : base) ?? base
        let root = start == "/" ? "" : start
        var links: [Link] = []
        let end = try follow(rest, from: root) { (path) throws(SystemError) in
            do throws(SystemError) {
                let link = Link(path: path, target: try Folder.linkTarget(path))
                if !links.contains(link) { links.append(link) }
                return link.target
            } catch  where error.meansNoLink || error.meansAbsence { return nil }
        }
        return PlaceTrace(place: ([root] + rest).joined(separator: "/"), links: links, end: end)
    }

    /// The first of the links that another account made to lead where it may not write itself.
    ///
    /// A link is trusted that is this account's, root's, or of the one to whom belongs what it leads to, or its folder.
    /// - SeeAlso: Linux, `fs.protected_symlinks`
    /// - Parameter user: this account.
    func foreignLink(for user: UInt32 = FileStatus.user) throws(SystemError) -> (link: Link, owner: UInt32)? {
        guard !links.isEmpty else { return nil }
        let owners = [
            try FileStatus.owner(of: end), try FileStatus.owner(of: Folder.nearest(above: end)),
        ]
        for link in links {
            // It may be something else by now, of somebody else.
            let maker = try FileStatus.linkOwner(of: link.path)
            if maker != user, maker != 0, !owners.contains(maker) { return (link, maker) }
        }
        return nil
    }

    /// What lies where a folder on the way to `path` belongs, and is none, as a phrase; nil where nothing does.
    /// - Parameter links: those on the way.
    static func block(of path: String, by links: [Link]) throws(SystemError) -> String? {
        var folder = AtomicFile.folder(of: path)
        while folder.count > 1 {
            if let isFolder = try FileStatus.isFolder(folder) {
                guard !isFolder else { return nil }
                let link = links.last { of($0.path, by: links)?.end == folder }
                return link.map { "\($0.path) is a link to \($0.target), which is no folder" }
                    ?? "\(folder) is no folder"
            }
            folder = AtomicFile.folder(of: folder)
        }
        return nil
    }

    /// A link of those in a circle to which `path` leads; nil where it leads to none.
    static func circle(_ path: String, home: String?) -> Link? {
        do throws(SystemError) {
            _ = try of(path, home: home)
            return nil
        } catch {
            guard error.meansCircle, let target = try? Folder.linkTarget(error.subject) else { return nil }
            return Link(path: error.subject, target: target)
        }
    }

    /// Where `path` leads by these links alone, and which of them are met.
    static func of(_ path: String, by known: [Link]) -> PlaceTrace? {
        var links: [Link] = []
        let end = try? follow(names(path), from: "") { path in
            guard let link = known.first(where: { $0.path == path }) else { return nil }
            if !links.contains(link) { links.append(link) }
            return link.target
        }
        return end.map { PlaceTrace(place: path, links: links, end: $0) }
    }

    /// The paths from which these links lead to `path`; `path` itself where none does.
    static func places(of path: String, by links: [Link]) -> [String] {
        var found = [path]
        var places: [String] = []
        var index = 0
        while index < found.count, found.count <= limit {
            var isEnd = true
            for link in links {
                let folder = AtomicFile.folder(of: link.path)
                let target = link.target.hasPrefix("/") ? link.target : "\(folder)/\(link.target)"
                guard let end = of(target, by: links.filter { $0 != link })?.end else { continue }
                let current = found[index]
                guard current == end || current.hasPrefix(end + "/") else { continue }
                let place = link.path + current.dropFirst(end.count)
                isEnd = false
                if !found.contains(place) { found.append(place) }
            }
            if isEnd { places.append(found[index]) }
            index += 1
        }
        // A link on the way from another place is none itself.
        let way = places.flatMap { place in (of(place, by: links)?.links ?? []).filter { $0.path != place } }
        let own = places.filter { place in !way.contains { $0.path == place } }
        return own.isEmpty ? [path] : own
    }

    private static func names(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    /// What a path begins at, and the names below.
    private static func parts(_ path: String, _ home: String?) -> (base: String, rest: [String]) {
        if let home, home.count > 1, path.hasPrefix(home + "/") {
            return (home, names(String(path.dropFirst(home.count))))
        }
        let all = names(path)
        let count = all.count > 1 ? 1 : 0
        return (all.prefix(count).map { "/" + $0 }.joined(), Array(all.dropFirst(count)))
    }

    private static func follow(
        _ names: [String], from start: String, _ target: (String) throws(SystemError) -> String?
    ) throws(SystemError) -> String {
        var (path, rest, count) = (start, names[...], 0)
        while let name = rest.popFirst() {
            switch name {
            case ".": continue
            case "..": path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
            default:
                let next = "\(path)/\(name)"
                guard let link = try target(next) else {
                    path = next
                    continue
                }
                count += 1
                guard count <= limit else { throw SystemError("readlink", next, code: SystemError.circle) }
                if link.hasPrefix("/") { path = "" }
                rest = Self.names(link) + rest
            }
        }
        return path.isEmpty ? "/" : path
    }
}

extension PlaceTrace {
    /// A link that another account planted on the way from `path`, as a phrase; nil where there is none.
    func foreignText(from path: String) throws(SystemError) -> String? {
        guard let (link, owner) = try foreignLink() else { return nil }
        let way = link.path == path ? "it is a link" : "it leads through \(link.path), a link"
        return "\(way) that account \(owner) made, to \(end), which is not that account's"
    }

    /// The same; where it cannot be told who made the links, that.
    func foreignOrUnknown(from path: String) -> String? {
        do throws(SystemError) { return try foreignText(from: path) } catch {
            return "who made the links on its way cannot be told: \(error)"
        }
    }

    /// Refuses a file that was found elsewhere than where the links led a moment ago.
    func checkEnd(_ found: FileSnapshot) throws(SystemError) {
        guard found.path == end else { throw SystemError("open", place, code: SystemError.circle) }
    }

    /// Refuses to write through a link that another account planted.
    func checkMakers(of path: String, _ host: AssistantHost) throws(OperationError) {
        let text: String?
        do throws(SystemError) { text = try foreignText(from: path) } catch {
            throw OperationError(replacing: path, of: host, .system(error))
        }
        guard let text else { return }
        throw OperationError(
            .ioFailed, "\(path) cannot be written: \(text)",
            hint:
                "Nothing was changed. Look at the link; if it is meant, make it your own: chown -h \(FileStatus.user) LINK"
        )
    }
}
