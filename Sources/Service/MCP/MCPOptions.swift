package import Operations

/// What `holdfast mcp` takes.
package struct MCPOptions: OperationInput {
    /// The fields that help does not show.
    package static let hidden: Set = ["conformance", "listen"]

    /// The levels, as words.
    enum LevelWord: String, Codable, CaseIterable, FieldValue {
        case read
        case propose
        case write
        case destroy

        var level: AccessLevel {
            switch self {
            case .read: .read
            case .propose: .propose
            case .write: .write
            case .destroy: .destroy
            }
        }
    }

    @Field("What the assistant may do; each level holds those before it.", placeholder: "LEVEL")
    var level = LevelWord.read
    @Field(
        "The groups of tools it is given, joined by commas: core, backups, restore, devices, upkeep, host_configs, compat.",
        placeholder: "NAMES") var toolsets = Toolset.usual
    @Field("Print the tools and what they cost in tokens instead of serving.") var describe = false
    @Field("Serve the fixtures of the protocol's conformance suite instead of Holdfast.")
    var conformance = false
    @Field("Serve those fixtures over HTTP at this address.", placeholder: "ADDRESS:PORT")
    var listen: String?

    package init() {}

    package var accessLevel: AccessLevel { level.level }

    /// The toolsets by their names.
    package func chosenToolsets() throws(OperationError) -> Set<Toolset> {
        try Toolset.named(toolsets)
    }
}
