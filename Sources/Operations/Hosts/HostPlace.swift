import Basics
import HostConfig

/// Finds the file that is meant: it exists, or its host does.
struct HostPlace {
    let environment: [String: String]
    let currentFolder: String
    var system = HostSystem.current

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
        guard (try? FileStatus.isFolder(folder)) == true else {
            throw OperationError(.fileUnknown, "There is no folder \(folder)")
        }
        return "\(folder)/\(name)"
    }

    func absolute(_ path: String) -> String {
        if path.hasPrefix("~/"), let home = environment["HOME"] { return home + path.dropFirst() }
        return path.hasPrefix("/") ? path : "\(currentFolder)/\(path)"
    }

    private func ownPath(of host: AssistantHost) throws(OperationError) -> String {
        let paths = host.paths(on: system, environment)
        let present = paths.filter { ((try? Folder.item($0)) ?? nil) != nil }
        // What its variable names is what the host reads.
        if let named = host.named(on: system, environment) { return named }
        guard present.count < 2 else {
            throw OperationError(
                .argumentInvalid,
                "\(host.title) has several files here, and which one it reads is not known: \(present.joined(separator: ", "))",
                hint: "Name one of them with --file.")
        }
        if let path = present.first { return path }
        let likely = paths.first { (try? FileStatus.isFolder(AtomicFile.folder(of: $0))) == true }
        if let likely, !host.makesFileItself { return likely }
        let places = paths.isEmpty ? "no place is known" : "there is no " + paths.joined(separator: ", nor ")
        throw OperationError(
            .hostMissing, "\(host.title) seems not to be here: \(places)",
            hint:
                "Start \(host.title) once and run it again, or name its file with --file. --print shows the entry."
        )
    }
}
