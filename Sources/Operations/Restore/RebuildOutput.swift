import Basics
package import Restore

/// How to get a device back: the runbook, and the plan that carries a part of it out.
package struct RebuildOutput: Codable, Sendable, Displayable {
    /// One thing of the runbook beside the plan.
    package struct Item: Codable, Sendable, Equatable {
        package let chapter: String
        package let name: String
        /// `coverable`, `by hand`, `lost`.
        package let fate: RebuildRunbook.Fate
        /// Who does it: `plan`, `person`, or `nobody` where it is lost.
        package let by: String
        package let reason: String
    }

    package let runbook: RebuildRunbook
    /// The same for people.
    package let markdown: String
    /// How many things come back by command, are done by hand, are lost.
    package let coverable: Int
    package let byHand: Int
    package let lost: Int
    /// The file that was written; nil when it was only shown.
    package let file: String?
    /// The plan for the other machine; nil without one.
    package private(set) var plan: PlanView?
    /// What the plan carries out and what it does not; empty without a plan.
    package private(set) var items: [Item] = []

    init(_ runbook: RebuildRunbook, markdown: String, file: String?) {
        self.runbook = runbook
        self.markdown = markdown
        self.file = file
        coverable = runbook.count(.coverable)
        byHand = runbook.count(.byHand)
        lost = runbook.count(.lost)
    }

    /// Adds the plan, and says of each thing who does it.
    ///
    /// - Parameters:
    ///   - scope: sections that the plan covers.
    ///   - carriesContainers: whether containers are part of the plan.
    mutating func add(_ plan: PlanView, scope: Set<String>, carriesContainers: Bool) {
        self.plan = plan
        let brought = Self.brought(by: plan)
        items = runbook.chapters.flatMap { chapter in
            let isCovered = !chapter.sections.isEmpty && !scope.isDisjoint(with: chapter.sections)
            return chapter.items.map { item in
                if brought.contains(item.name) {
                    return Item(
                        chapter: chapter.title, name: item.name, fate: .coverable, by: "plan",
                        reason: "the plan brings it")
                }
                let isOfEngine = Self.engineKinds.contains { item.name.hasPrefix($0 + " ") }
                let isReached =
                    isOfEngine ? carriesContainers : isCovered || scope.contains(item.section)
                let by =
                    switch item.fate {
                    case .coverable: isReached ? "plan" : "person"
                    case .byHand: "person"
                    case .lost: "nobody"
                    }
                return Item(
                    chapter: chapter.title, name: item.name, fate: item.fate, by: by, reason: item.reason)
            }
        }
    }

    /// What names of things that only an engine has begin with.
    private static let engineKinds = ["compose project", "container", "image", "network", "volume"]

    /// Names, as the runbook has them, of what the plan's own steps bring to an engine.
    private static func brought(by plan: PlanView) -> Set<String> {
        Set(
            plan.steps.compactMap { step in
                switch RestoreStep.Action(rawValue: step.action) {
                case .createContainer, .replaceContainer, .startContainer: "container \(step.subject)"
                case .createNetwork: "network \(step.subject)"
                case .createVolume, .replaceVolume: "volume \(step.subject)"
                case .replaceData: "bind mount \(step.subject)"
                case .createInstancePart: "\(step.section) \(step.subject)"
                case .importInstance: "\(step.section) instance \(step.subject)"
                default: nil
                }
            })
    }

    package var isComplete: Bool { plan?.isComplete ?? true }

    package var display: [DisplayBlock] {
        guard let plan else {
            guard let file else {
                let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                return [.lines(lines.map { Cell(String($0)) })]
            }
            return [
                .lines([
                    Cell(
                        "The runbook is in \(file): \(coverable) things come back by command, \(byHand) are done by hand, \(lost) are lost."
                    )
                ])
            ]
        }
        var blocks = plan.display
        blocks += Self.list("This plan carries out", items.filter { $0.by == "plan" }, .good)
        blocks += Self.list("A person must do", items.filter { $0.by == "person" }, .warning)
        blocks += Self.list("Lost", items.filter { $0.by == "nobody" }, .bad)
        if let file { blocks.append(.lines([Cell("The runbook is in \(file).")])) }
        return blocks
    }

    private static func list(_ title: String, _ items: [Item], _ tone: Tone) -> [DisplayBlock] {
        guard !items.isEmpty else { return [] }
        return [
            .heading("\(title) (\(items.count))"),
            .table(
                columns: ["PART", "WHAT", "HOW, OR WHY NOT"],
                rows: items.map { [Cell($0.chapter, .dim), Cell($0.name, tone), Cell($0.reason)] }, empty: ""),
        ]
    }
}
