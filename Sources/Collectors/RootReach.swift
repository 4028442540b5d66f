/// How far the right to run a command as root reaches, whatever it is wanted for.
package enum RootReach: Int, Sendable, CaseIterable, Comparable {
    /// What the command is there for and no more.
    case limited
    /// Every file of the machine can be read.
    case readsEverything
    /// Whatever root may do.
    case everything

    package static func < (left: RootReach, right: RootReach) -> Bool { left.rawValue < right.rawValue }

    /// The reach of the farthest of the commands that a sudoers rule names, divided by `, `.
    package init(ofRule commands: String) {
        self =
            commands.split(separator: ", ").map { Self.reach(of: $0.split(separator: " ")) }.max() ?? .limited
    }

    private static func reach(of words: [Substring]) -> RootReach {
        guard let program = words.first?.split(separator: "/").last else { return .limited }
        if shells.contains(String(program)) { return .everything }
        guard words.dropFirst().contains(where: { $0.hasSuffix("*") }) else { return .limited }
        if openers.contains(String(program)) { return .everything }
        return readers.contains(String(program)) ? .readsEverything : .limited
    }

    /// What a comment behind the rule says of it; nil where the rule says it all.
    package var warning: String? {
        switch self {
        case .limited: nil
        case .readsEverything: "lets the account read every file of the machine"
        case .everything: "lets the account do whatever root may"
        }
    }

    private static let shells: Set<String> = ["sh", "ash", "bash", "dash"]
    /// Programs that run or write something else, or fetch files to anywhere, when their arguments are free.
    private static let openers: Set<String> = ["curl", "env", "find", "tar"]
    private static let readers: Set<String> = ["cat", "grep", "head", "tail"]
}
