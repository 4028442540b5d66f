import Basics
import ConfigText
import HostConfig

/// Puts this server into the configuration of an assistant's program.
package struct InstallServer: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.") var host: HostID
        @Field("Into the file of this project instead of the user's.", placeholder: "DIR") var project:
            String?
        @Field("Into this file instead of the usual one.", placeholder: "FILE") var file: String?
        @Field("What the server is called there.") var name = "holdfast"
        @Field("What the assistant may do.", placeholder: "LEVEL") var level = CreateToken.Level.read
        @Field(
            "The groups of tools it is given, joined by commas; the usual ones unless given.",
            placeholder: "NAMES")
        var toolsets: String?
        @Field("The program that is started; this one unless given.", placeholder: "PROGRAM")
        var command: String?
        @Field("Print the entry to put in by hand, and look at no file.") var print = false
        @Field("Show what would change, and change nothing.") var dryRun = false
        @Field("Put the entry in the place of another one of that name.") var replace = false
        package init() {}
    }

    package static let contract = Contract(
        resource: "mcp", verb: .custom("install"),
        summary: "Put Holdfast into the configuration of an assistant's program",
        discussion: """
            Changes one entry of its file, as a text: comments, order, blanks and all else stay, byte by byte. A copy of the \
            file is kept first, and the user's own file in the vault, where there is one; it is replaced in one step, with its mode, owner and attributes, and only if nobody else wrote it \
            meanwhile. A file that cannot be understood is not touched. An entry that is there already is left as it is, and \
            another one of that name is replaced only with --replace. With --home, or HOLDFAST_HOME, the entry names that folder.
            """,
        effect: .writes,
        errors: [.entryDiffers, .fileChanged, .fileInvalid, .fileUnknown, .hostMissing, .ioFailed],
        examples: [
            Contract.Example("holdfast mcp install --host claude-desktop", "for all of the user's work"),
            Contract.Example("holdfast mcp install --host vscode --project .", "for one project"),
            Contract.Example("holdfast mcp install --host cursor --dry-run", "what would change"),
            Contract.Example("holdfast mcp install --host goose --print", "the entry, to put in by hand"),
        ],
        audit: .wanted, reach: .everything)

    package init() {}

    package func run(
        _ input: Input, in context: OperationContext
    ) async throws(OperationError) -> HostChange {
        let place = HostPlace.here
        let entry = try ServerEntry(input, paths: context.services.paths, environment: place.environment)
        let host = input.host.host
        guard !input.print else {
            return HostChange(host: host, entry: entry, outcome: .printed)
        }
        if let reason = host.whyNotChanged {
            throw OperationError(
                .argumentInvalid, "\(host.title) keeps its servers in \(reason), which is not changed here",
                hint: "Put the entry in by hand: holdfast mcp install --host \(host.id) --print")
        }
        let path = try place.path(of: host, file: input.file, project: input.project)
        let edit = HostEdit(
            host: host, path: path, isShared: input.project != nil,
            isOwn: input.project == nil && input.file == nil, context: context)
        return try await edit.install(entry, replacing: input.replace, isTrial: input.dryRun)
    }
}
