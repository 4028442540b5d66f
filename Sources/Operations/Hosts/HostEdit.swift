import Basics
import ConfigText
import HostConfig

/// Changes one server in the file of one host.
struct HostEdit {
    let host: AssistantHost
    let path: String
    /// Whether the file belongs to a project: its folder may be made, and others read it.
    let isShared: Bool
    /// Whether it is the one that the host reads for its user, whose backups are one series.
    var isOwn = false
    let context: OperationContext

    /// Puts the entry in, unless it is there.
    ///
    /// - Parameters:
    ///   - replacing: whether another entry of that name gives way.
    ///   - isTrial: whether nothing is written.
    func install(
        _ entry: ServerEntry, replacing: Bool, isTrial: Bool
    ) async throws(OperationError) -> HostChange {
        let file = try HostFile(host, at: path)
        let place = host.place(of: entry.name)
        do {
            guard let present = try file.document.value(at: place) else {
                let bytes = try file.document.setting(place, to: entry.value)
                return try await finish(file, bytes, entry.name, isTrial ? .wouldAdd : .added)
            }
            let differing = Self.differing(present, entry)
            guard !differing.isEmpty else { return change(file, entry, .unchanged) }
            guard replacing || isTrial else { throw differs(present, entry, differing) }
            let bytes = try replaced(file, present, entry, differing)
            return try await finish(file, bytes, entry.name, isTrial ? .wouldReplace : .replaced)
        } catch let error as OperationError { throw error } catch let error as ConfigTextError {
            throw OperationError(changing: host, path, error)
        } catch { throw OperationError(any: error) }
    }

    /// Takes the entry out, where it is.
    func uninstall(_ name: String, isTrial: Bool) async throws(OperationError) -> HostChange {
        let file = try HostFile(host, at: path)
        let place = host.place(of: name)
        do {
            guard file.snapshot != nil, let present = try file.document.value(at: place) else {
                return HostChange(host: host, name: name, file: path, outcome: .absent)
            }
            guard ServerStart(present).isOurs else {
                throw OperationError(
                    .entryDiffers,
                    "The server ‘\(name)’ in \(path) does not start ‘holdfast mcp’, and was left as it is",
                    hint: "Name ours with --name, or take this one out by hand.")
            }
            var bytes = try file.document.removing(place)
            // A file without a byte looks wiped; one with an empty line has no servers.
            if bytes.isEmpty, host.format.takesBlankText { bytes = [0x0A] }
            return try await finish(file, bytes, name, isTrial ? .wouldRemove : .removed)
        } catch let error as OperationError { throw error } catch let error as ConfigTextError {
            throw OperationError(changing: host, path, error)
        } catch { throw OperationError(any: error) }
    }

    // MARK: What differs

    /// The members of ours that the entry there has otherwise; all where it is another sort of entry.
    private static func differing(_ present: JSONValue, _ entry: ServerEntry) -> [String] {
        guard let members = present.object, ServerStart(present).address == nil else {
            return entry.members.map(\.name)
        }
        return entry.members.filter { members[$0.name] != $0.value.json }.map(\.name)
    }

    private func differs(
        _ present: JSONValue, _ entry: ServerEntry, _ names: [String]
    ) -> OperationError {
        let shown = context.services.redactor.shown(entry: present)
        let words = names.map { name in
            let wanted = entry.members.first { $0.name == name }.map { JSONWriter.text($0.value.json) } ?? ""
            let there = present[name].map { JSONWriter.text(shown[name] ?? $0) } ?? "not there"
            return "\(name) is \(there), not \(wanted)"
        }
        return OperationError(
            .entryDiffers,
            "\(path) has another server ‘\(entry.name)’, which was left as it is: \(words.joined(separator: "; "))",
            hint: "Look at the change with --dry-run and make it with --replace, or choose another --name.",
            confirmation: .init(question: "Replace it?", field: "replace", value: "true"))
    }

    /// The text with what differs put right; members that are not ours stay, unless it is another sort of entry.
    private func replaced(
        _ file: HostFile, _ present: JSONValue, _ entry: ServerEntry, _ names: [String]
    ) throws -> [UInt8] {
        let place = host.place(of: entry.name)
        guard present.object != nil, ServerStart(present).address == nil else {
            return try file.document.setting(place, to: entry.value)
        }
        var bytes = file.snapshot?.bytes ?? []
        for member in entry.members where names.contains(member.name) {
            bytes = try host.format.document(bytes).setting(place + [member.name], to: member.value)
        }
        return bytes
    }

    // MARK: Writing

    /// Refuses a way that another account made; reading it said already what keeps it from being told.
    /// - Returns: where the way leads.
    @discardableResult
    private func checkWay() throws(OperationError) -> String {
        guard let trace = try? PlaceTrace.of(path, home: HostPlace.home) else { return path }
        try trace.checkMakers(of: path, host)
        return trace.end
    }

    private func finish(
        _ file: HostFile, _ bytes: [UInt8], _ name: String, _ outcome: HostChange.Outcome
    ) async throws(OperationError) -> HostChange {
        var change = HostChange(host: host, name: name, file: path, outcome: outcome)
        let shown = ShownHostText(host: host, redactor: context.services.redactor)
        change.diff = shown.diff(
            file.snapshot.map { HostText($0.bytes, of: host) }, HostText(bytes, of: host))
        guard outcome.isWritten else { return change }
        try checkWay()
        let edit = HostGuard(host: host, path: path, context: context)
        let isKept: Bool
        (isKept, change.backup) = await prepare(edit)
        do throws(OperationError) {
            // Somebody may have changed it since the first look.
            let end = try checkWay()
            // What an earlier edit left that was killed.
            FileSnapshot.removeLeftovers(of: end)
            change.copy = try file.write(
                bytes, at: end, isShared: isShared, copies: HostFileCopies(context.services.paths),
                now: context.clock.now())
        } catch {
            // What somebody else wrote meanwhile is left to them.
            if isKept, error.code != .fileChanged { await rollBack(edit, to: change.backup) }
            throw error
        }
        // Who takes the last one out wants it gone.
        if isKept, outcome == .removed, HostText(bytes, of: host).servers.isEmpty {
            for remark in await edit.settle(path, as: HostSeries.uninstalledNote) {
                context.warnings.add(remark)
            }
        }
        return change
    }

    /// Keeps the user's own file in the vault, where there is one; the copy beside it is kept in any case.
    private func prepare(_ edit: HostGuard) async -> (isKept: Bool, backup: String?) {
        guard isOwn else { return (false, nil) }
        do throws(OperationError) { return (true, try await edit.prepare()) } catch {
            if ![.notInitialised, .keyMissing].contains(error.code) {
                context.warnings.add("The file is not in the vault as it was: \(error.message)")
            }
            return (false, nil)
        }
    }

    private func rollBack(_ edit: HostGuard, to backup: String?) async {
        do throws(OperationError) { _ = try await edit.rollBack(to: backup, onlyIfBroken: true) } catch {
            context.warnings.add("\(path) could not be put back: \(error.message)")
        }
    }

    private func change(
        _ file: HostFile, _ entry: ServerEntry, _ outcome: HostChange.Outcome
    ) -> HostChange {
        HostChange(host: host, name: entry.name, file: path, outcome: outcome)
    }
}
