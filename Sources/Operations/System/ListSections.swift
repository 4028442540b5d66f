import Collectors

/// Lists what is read from a device.
package struct ListSections: ServiceOperation {
    /// One kind of thing that is read.
    package struct Section: Codable, Sendable {
        package let name: String
        package let summary: String
        /// Programs it uses where they are installed.
        package let tools: [String]
        /// Files and folders it takes.
        package let files: [String]
        /// Command lines it runs as root, as a sudoers rule spells them.
        package let rootCommands: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let sections: [Section]

        package var display: [DisplayBlock] {
            let rows = sections.map { section in
                [
                    Cell(section.name), Cell(section.summary),
                    Cell(section.rootCommands.isEmpty ? "" : "root", .dim),
                    Cell(section.tools.joined(separator: " "), .dim),
                ]
            }
            return [
                .table(
                    columns: [
                        Column("SECTION", isWhole: true), "HOLDS", "NEEDS", Column("TOOLS", isMinor: true),
                    ], rows: rows,
                    empty: "There are none.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "section", verb: .list,
        summary: "List what is read from a device, with which tools and rights",
        effect: .reads,
        examples: [
            Contract.Example("holdfast section list --json", "every section with its files and root commands")
        ],
        reach: .nothing,
        guidance: Guidance(
            "list_sections", title: "List sections", in: .devices,
            purpose:
                "Lists the kinds of things a backup reads from a machine, with the files and rights they need.",
            behaviour: "Reads nothing but Holdfast's own tables.",
            use:
                "Use it to learn section names for other tools; for which of them work on a machine use check_device.",
            returns: "Returns name and summary of each.", essentials: ["name", "summary"]))

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        Output(
            sections: allCollectors.map { collector in
                Section(
                    name: collector.name, summary: collector.summary,
                    tools: Set(collector.probes.compactMap(\.tool)).sorted(), files: collector.files.patterns,
                    rootCommands: Set(collector.probes.compactMap(\.rootCommand)).sorted())
            })
    }
}
