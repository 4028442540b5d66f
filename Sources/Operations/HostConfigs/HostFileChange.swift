import Basics
import ConfigText
import HostConfig
import Vault

/// One file of a host on its way back to the place where the program reads it.
struct HostFileChange {
    /// What becomes of a link, or of what stands in a link's place.
    private enum Step {
        case make(PlaceTrace.Link)
        /// The link says something else now.
        case turn(PlaceTrace.Link, from: String)
        /// A file took the link's place.
        case replace(FileSnapshot, by: PlaceTrace.Link)
        /// A link stands where the file itself was.
        case remove(PlaceTrace.Link)

        var link: PlaceTrace.Link {
            switch self {
            case .make(let link), .turn(let link, _), .replace(_, let link), .remove(let link): link
            }
        }
    }

    private let host: AssistantHost
    private let holding: HostHolding
    /// Whether another state was accepted here before what comes back came in from elsewhere.
    var endsAcceptance: Bool { holding.accepted != nil }
    private var entry: FileEntry { holding.file.entry }
    private var wantedState: HostFileState { HostFileState(entry, isImported: !holding.isOwn) }
    /// What is to be there.
    private var bytes: [UInt8]
    private var steps: [Step] = []
    /// Whether links have to come or go before the place leads to the file; otherwise it does so as it is.
    private let needsLinks: Bool
    /// Whether what lies at `path` is left to itself: only links come back.
    private var leavesContent = false
    /// Whether only entries change: mode and time are then those of the file that is there.
    private(set) var servers: [String] = []
    /// Where the file lies, or will.
    let path: String
    /// What is there; nil where nothing is.
    let present: FileSnapshot?

    /// - Parameters:
    ///   - others: where the files lie that come back with it.
    ///   - withLinks: whether links that are lost are made anew.
    ///   - undoesLink: whether a link that took the file's place goes, and does not lead to where the file is now.
    init(
        _ host: AssistantHost, _ holding: HostHolding, beside others: Set<String> = [],
        withLinks: Bool = true,
        undoesLink: Bool = false
    ) throws(OperationError) {
        self.host = host
        self.holding = holding
        bytes = holding.file.bytes
        let now: PlaceTrace?
        let blocked: String?
        do throws(SystemError) {
            now = try Self.trace(holding.place, mayCircle: withLinks)
            (path, steps) = try Self.way(holding, now, others, withLinks, undoesLink)
            blocked = try PlaceTrace.block(of: path, by: now?.links ?? [])
        } catch { throw Self.unreadable(holding.place, error, nil) }
        needsLinks = !steps.isEmpty
        // Where links are followed that are there, what they lead to is read, and compared.
        if let now, now.end == path { try now.checkMakers(of: holding.place, host) }
        if let blocked {
            throw OperationError(
                .ioFailed, "\(path) cannot be put back: \(blocked)",
                hint: "Nothing was changed. Move what is there away, and run it again.")
        }
        // A link that goes leads to a file that is not this one.
        let isHidden = steps.contains { if case .remove = $0 { true } else { false } }
        do {
            present =
                isHidden ? nil : try FileSnapshot.read(path, limit: HostSituation.limit, throughLinks: false)
        } catch {
            throw Self.unreadable(path, error, now)
        }
    }

    private static func unreadable(
        _ path: String, _ error: SystemError, _ trace: PlaceTrace?
    ) -> OperationError {
        OperationError(
            .ioFailed, "\(path) cannot be read: \(HostSituation.obstacle(error, trace, at: path))",
            hint: error.meansCircle
                ? "Nothing was changed. Take that link away, and run it again."
                : error.meansDenial
                    ? "Nothing was changed. Let this account read it (chmod u+rX), and run it again."
                    : "Nothing was changed. Move what is there away, and run it again.")
    }

    /// How the place leads to its file; nil where links lead in a circle, and that may be.
    private static func trace(_ place: String, mayCircle: Bool) throws(SystemError) -> PlaceTrace? {
        do throws(SystemError) {
            return try PlaceTrace.of(place, home: HostPlace.home)
        } catch {
            guard error.meansCircle, mayCircle else { throw error }
            return nil
        }
    }

    private static func way(
        _ holding: HostHolding, _ now: PlaceTrace?, _ others: Set<String>, _ withLinks: Bool,
        _ undoesLink: Bool
    ) throws(SystemError) -> (String, [Step]) {
        if let now { return try way(holding, from: now, others, withLinks, undoesLink) }
        // Links that lead in a circle lead nowhere, and one of them where the file belongs goes.
        var (path, steps): (String, [Step]) = (holding.file.path, [])
        if path != holding.place {
            let nowhere = PlaceTrace(place: holding.place, links: [], end: "")
            (path, steps) = try way(holding, from: nowhere, others, true, true)
        }
        let home = HostPlace.home
        if !steps.contains(where: { $0.link.path == path }), PlaceTrace.circle(path, home: home) != nil,
            let target = try? Folder.linkTarget(path)
        {
            steps.append(.remove(PlaceTrace.Link(path: path, target: target)))
        }
        guard !path.isEmpty, !steps.isEmpty else {
            throw SystemError("readlink", holding.place, code: SystemError.circle)
        }
        return (path, steps)
    }

    /// Where the file belongs, and what becomes of links on the way.
    private static func way(
        _ holding: HostHolding, from now: PlaceTrace, _ others: Set<String>, _ withLinks: Bool,
        _ undoesLink: Bool
    ) throws(SystemError) -> (String, [Step]) {
        let file = holding.file
        guard now.end != file.path else { return (file.path, []) }
        guard withLinks else { return (now.end, []) }
        guard file.path != holding.place else {
            // It is reached through a link now, which stays if it leads to a file that is not one of the others.
            guard let own = now.links.last(where: { $0.path == now.place }) else { return (now.end, []) }
            let isThere = undoesLink ? false : try FileStatus.isOrdinary(now.end) == true
            return isThere && !others.contains(now.end) ? (now.end, []) : (now.place, [.remove(own)])
        }
        var steps: [Step] = []
        for link in holding.links {
            guard try Folder.item(link.path) != nil else {
                steps.append(.make(link))
                continue
            }
            let target: String?
            do throws(SystemError) { target = try Folder.linkTarget(link.path) } catch {
                guard error.meansNoLink else { throw error }
                target = nil
            }
            if target == link.target { continue }
            // Of a folder that is another one now all the rest is not this program's: the file comes where it reads.
            guard PlaceTrace.of(link.path, by: holding.links)?.end == file.path else { return (now.end, []) }
            if let target {
                steps.append(.turn(link, from: target))
            } else if let old = try FileSnapshot.read(
                link.path, limit: HostSituation.limit, throughLinks: false)
            {
                steps.append(.replace(old, by: link))
            }
        }
        return (file.path, steps)
    }

    /// Where only links are lost, and what they led to is sound: the change of the links alone.
    func sparingWhatIsSound() -> HostFileChange {
        guard let present, !steps.isEmpty, path == holding.file.path else { return self }
        let now = HostText(present.bytes, of: host)
        let isSound =
            now.state == .ok && now.loss(since: holding.file.text) == nil
            || now.state == .noServers && holding.file.text.state == .noServers
        guard isSound else { return self }
        var change = self
        change.leavesContent = true
        return change
    }

    /// What is left to do after others: they may write the same file, or make the same links.
    func after(_ others: [HostFileChange]) -> HostFileChange {
        var change = self
        change.leavesContent = leavesContent || others.contains { $0.path == path }
        let known = others.flatMap { $0.steps.map(\.link.path) }
        change.steps = steps.filter { !known.contains($0.link.path) }
        return change
    }

    /// Whether others do all of it.
    func isCovered(by others: [HostFileChange]) -> Bool {
        steps.isEmpty && others.contains { $0.path == path }
    }

    /// The place whose content is meant; nil where only links are.
    var place: String? { leavesContent ? nil : holding.place }

    /// Whether it is as the backup has it.
    var isDone: Bool {
        guard steps.isEmpty else { return false }
        return leavesContent || present.map(isMeant) ?? false
    }

    private func isMeant(_ present: FileSnapshot) -> Bool {
        guard !leavesContent, present.bytes == bytes else { return leavesContent }
        // With an entry alone all else is that of the file that is there.
        guard servers.isEmpty else { return true }
        let (there, wanted) = (HostFileState(present), wantedState)
        let mayGive = ProcessEnvironment.isRoot || wanted.owner == ProcessAccount.effective
        let isOwned = there.owner == wanted.owner || wanted.isRootsAlone(beside: there) || !mayGive
        return there.mode == wanted.mode && there.attributes == wanted.attributes && isOwned
    }

    /// Whether nothing is there where the program reads.
    var isNew: Bool { present == nil && endangered.isEmpty }

    /// What loses its content, and is kept first: where the program reads, and where the file lies.
    var endangered: [String] {
        var paths: [String] = []
        for step in steps {
            switch step {
            case .make: continue
            case .turn(let link, _), .replace(_, let link), .remove(let link):
                // What a link leads to that leads nowhere cannot be kept.
                if (try? FileSnapshot.read(link.path, limit: HostSituation.limit)) != nil {
                    paths.append(link.path)
                }
            }
        }
        guard let present, !isMeant(present) else { return paths }
        return paths + [paths.isEmpty && steps.isEmpty ? holding.place : path]
    }

    /// The change of these servers' entries alone; nil where the backup's file has none of them.
    func limited(to names: [String]) throws(OperationError) -> HostFileChange? {
        if let reason = host.whyNotChanged {
            throw OperationError(
                .fileInvalid,
                "\(host.title) keeps its servers in \(reason), of which only whole files come back; nothing was changed",
                hint:
                    "Leave --server out, or put the entry in by hand: \(export)"
            )
        }
        let old: any ConfigDocument
        do throws(OperationError) { old = try HostFile.document(of: host, bytes, path) } catch {
            throw OperationError(
                error.code,
                "What backup \(holding.backup.id) has of \(path) cannot be understood, and so no entry of it comes back alone: \(holding.file.text.reason)",
                hint:
                    "Take the entry out of it by hand: \(export)"
            )
        }
        var change = self
        change.bytes = present?.bytes ?? []
        do throws(ConfigTextError) {
            for name in names {
                guard try old.value(at: host.place(of: name)) != nil,
                    let entry = try old.written(at: host.place(of: name))
                else { continue }
                let document = try host.format.document(change.bytes)
                let isThere = try document.value(at: host.place(of: name)) == entry.json
                if !isThere { change.bytes = try document.setting(host.place(of: name), to: entry) }
                change.servers.append(name)
            }
        } catch {
            throw OperationError(
                changing: host, path, error,
                byHand:
                    "Put the entry in by hand: \(export)"
            )
        }
        return change.servers.isEmpty ? nil : change
    }

    /// The command that writes the file out with its secrets.
    private var export: String {
        "holdfast backup export \(holding.backup.id) --path \(holding.file.path.shellWord) --to NEW-FOLDER"
    }

    /// Refuses before anything is written what would be refused later.
    func check() throws(OperationError) {
        guard present.map({ $0.links <= 1 || isMeant($0) }) ?? true else {
            throw OperationError(replacing: path, of: host, .hasOtherNames(path))
        }
        try checkWay()
        do { try Folder.checkWritable(Folder.nearest(above: path)) } catch {
            throw OperationError(replacing: path, of: host, .system(error))
        }
    }

    /// Refuses a way that another account made.
    private func checkWay() throws(OperationError) {
        // What gives way to a link, or to the file, is not followed.
        let isKept = { (link: PlaceTrace.Link) in !steps.contains { $0.link.path == link.path } }
        for way in Set([holding.place, path]) {
            guard let trace = try? PlaceTrace.of(way, home: HostPlace.home), trace.links.allSatisfy(isKept)
            else { continue }
            guard trace.end == path else {
                // Links that are still to be made lead there, but to where it lies only folders do.
                guard way != path, needsLinks else {
                    throw OperationError(replacing: path, of: host, .changed(path))
                }
                continue
            }
            try trace.checkMakers(of: way, host)
        }
    }

    /// - Returns: what of the file's own could not be put back, as phrases.
    func carryOut() throws(OperationError) -> [String] {
        // Somebody may have changed it since the first look.
        try checkWay()
        do throws(ReplacementError) {
            for case .remove(let link) in steps { try Self.carryOut(.remove(link)) }
            let lack = try write()
            for step in steps {
                if case .remove = step { continue }
                try Self.carryOut(step)
            }
            let owner =
                "\(path): its owner in the backup, \(entry.userID):\(entry.groupID), could not be given to it"
            return (lack.owner ? [owner] : [])
                + lack.attributes.map { "\(path): its extended attribute ‘\($0)’ could not be put back" }
        } catch { throw OperationError(replacing: path, of: host, error) }
    }

    private func write() throws(ReplacementError) -> FileSnapshot.Lack {
        guard !leavesContent else { return FileSnapshot.Lack() }
        guard let present else {
            // Folders that root makes lock nobody out of their home, and neither does a file from elsewhere.
            let above = Folder.owner(above: path)
            let isGiven = holding.isOwn || !ProcessEnvironment.isRoot
            let owner = isGiven ? (user: entry.userID, group: entry.groupID) : above
            let folder: HeldFolder
            do throws(SystemError) {
                // Whoever may read a file of the system may look into its folder.
                folder = try HeldFolder(
                    making: AtomicFile.folder(of: path),
                    permissions: isOfSystem && entry.mode & 0o004 != 0 ? 0o755 : 0o700,
                    owner: above.map { $0.user == 0 ? owner ?? $0 : $0 } ?? owner)
            } catch { throw ReplacementError(error, at: path) }
            return try FileSnapshot.create(
                bytes, AtomicFile.name(of: path), in: folder, permissions: entry.mode,
                modified: entry.modified, owner: owner,
                attributes: FileAttribute.all(of: entry, isImported: !holding.isOwn))
        }
        guard !isMeant(present) else { return FileSnapshot.Lack() }
        let isWhole = servers.isEmpty
        return try present.replace(
            with: bytes, permissions: isWhole ? entry.mode : nil, modified: isWhole ? entry.modified : nil,
            owner: isWhole && !wantedState.isRootsAlone(beside: HostFileState(present))
                ? .given(entry.userID, entry.groupID) : .keptIfAllowed,
            attributes: isWhole ? FileAttribute.all(of: entry, isImported: !holding.isOwn) : nil)
    }

    /// Whether the program reads it for all accounts.
    private var isOfSystem: Bool {
        let here = HostPlace.here
        return here.isOwn(holding.place, of: host)
            && !holding.place.hasPrefix(HostPlace.home ?? "/")
    }

    /// Takes away what earlier restores left that were killed.
    func removeLeftovers() { FileSnapshot.removeLeftovers(of: path) }

    private static func carryOut(_ step: Step) throws(ReplacementError) {
        let (path, name) = (step.link.path, AtomicFile.name(of: step.link.path))
        do throws(SystemError) {
            switch step {
            case .make(let link):
                // Another file below it may have come back before.
                if (try? Folder.linkTarget(path)) == link.target { return }
                try HeldFolder(making: AtomicFile.folder(of: path), owner: Folder.owner(above: path))
                    .makeLink(name, to: link.target)
                return
            case .turn(let link, let target):
                let folder = try HeldFolder(of: path)
                if try folder.linkTarget(name) == target {
                    return try folder.replaceLink(name, with: link.target)
                }
            case .remove(let link):
                let folder = try HeldFolder(of: path)
                if try folder.linkTarget(name) == link.target { return try folder.remove(name) }
            case .replace: break
            }
        } catch { throw ReplacementError(error, at: path) }
        guard case .replace(let old, let link) = step else { throw .changed(path) }
        try old.replace(byLinkTo: link.target)
    }

    /// The lines that change.
    private func diff(as shown: ShownHostText) -> [String] {
        shown.diff(
            present.map { HostText($0.bytes, of: host) },
            servers.isEmpty ? holding.file.text : HostText(bytes, of: host))
    }

    func report(isDone wasDone: Bool, as shown: ShownHostText) -> RestoreHostConfig.File {
        let outcome: String
        if isDone {
            outcome = "unchanged"
        } else if leavesContent || present.map(isMeant) == true {
            outcome = wasDone ? "relinked" : "would-relink"
        } else if isNew {
            outcome = wasDone ? "created" : "would-create"
        } else {
            outcome = wasDone ? "restored" : "would-restore"
        }
        return RestoreHostConfig.File(
            path: path, outcome: outcome, bytes: ByteCount(Int64(bytes.count)),
            backup: holding.backup.id.text,
            links: links(wasDone: wasDone),
            diff: wasDone || isDone || leavesContent ? [] : diff(as: shown))
    }

    /// What becomes of links, as phrases.
    func links(wasDone: Bool) -> [String] {
        let verb = wasDone ? "was made" : "would be made"
        return steps.map { step in
            switch step {
            case .make(let link): "\(link.path): \(verb) a link to \(link.target) anew"
            case .turn(let link, let old):
                "\(link.path): \(verb) a link to \(link.target) again, not to \(old)"
            case .replace(_, let link):
                "\(link.path): \(verb) a link to \(link.target) again, in the place of a file"
            case .remove(let link):
                "\(link.path): \(verb) a file again, in the place of a link to \(link.target)"
            }
        }
    }
}
