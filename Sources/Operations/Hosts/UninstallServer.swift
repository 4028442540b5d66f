import Basics
import ConfigText
import HostConfig

/// Takes this server out of the configuration of an assistant's program.
package struct UninstallServer: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.") var host: HostID
        @Field("Out of the file of this project instead of the user's.", placeholder: "DIR")
        var project: String?
        @Field("Out of this file instead of the usual one.", placeholder: "FILE") var file: String?
        @Field("What the server is called there.") var name = "holdfast"
        @Field("Show what would change, and change nothing.") var dryRun = false
        package init() {}
    }

    package static let contract = Contract(
        resource: "mcp", verb: .custom("uninstall"),
        summary: "Take Holdfast out of the configuration of an assistant's program",
        discussion: """
            Takes out what ‘mcp install’ put in, as carefully: all else stays as it is, and what is there is kept first. \
            Where no entry of that name is, nothing changes.
            """,
        effect: .writes,
        errors: [.entryDiffers, .fileChanged, .fileInvalid, .fileUnknown, .hostMissing, .ioFailed],
        examples: [
            Contract.Example(
                "holdfast mcp uninstall --host claude-desktop", "the assistant starts it no more")
        ],
        audit: .wanted, reach: .everything)

    package init() {}

    package func run(
        _ input: Input, in context: OperationContext
    ) async throws(OperationError) -> HostChange {
        let host = input.host.host
        if let reason = host.whyNotChanged {
            throw OperationError(
                .argumentInvalid, "\(host.title) keeps its servers in \(reason), which is not changed here",
                hint: "Take the entry out by hand.")
        }
        let path = try HostPlace.here.path(of: host, file: input.file, project: input.project)
        let edit = HostEdit(
            host: host, path: path, isShared: input.project != nil,
            isOwn: input.project == nil && input.file == nil, context: context)
        return try await edit.uninstall(input.name, isTrial: input.dryRun)
    }
}
