/// A group of operations that an assistant is given together.
package enum Toolset: String, Sendable, CaseIterable {
    /// The least that answers whether the machines are safe.
    case core
    case backups
    case restore
    case devices
    /// Records, and the vault as a whole.
    case upkeep
    /// Configuration of assistants' programs.
    case hostConfigs = "host_configs"
    /// Names and parameters of other systems.
    case compat
}

/// What an assistant must be told to use an operation well.
///
/// An operation without it is for people only: its result, or what it does here, is nothing an assistant should have.
package struct Guidance: Sendable {
    /// A further call that makes sense after this one.
    package struct Next: Sendable {
        /// The name of the operation to call.
        package let name: String
        /// Its arguments: where each value comes from.
        ///
        /// Members of the result joined by `.`, with numbers for elements; `$` and the name of an argument of this call;
        /// or `=true`.
        package let arguments: [String: String]
        /// The member of the result, a list, that must have entries where the call is to make sense; nil for none.
        package let needs: String?
        /// The member of the result that must have none.
        package let forbids: String?
        /// What a member of the result must say; nil for nothing.
        package let condition: (place: String, value: String)?

        package init(
            _ name: String, _ arguments: [String: String] = [:], needs: String? = nil,
            unless forbids: String? = nil, where condition: (place: String, value: String)? = nil
        ) {
            self.condition = condition
            self.name = name
            self.arguments = arguments
            self.needs = needs
            self.forbids = forbids
        }
    }

    /// The name for programs: verb and noun, joined by `_`.
    package let name: String
    /// The name for people.
    package let title: String
    package let toolset: Toolset
    /// What it does and to what, as a sentence.
    package let purpose: String
    /// What it changes, whom it disturbs, how long it takes, as sentences.
    package let behaviour: String
    /// When to use it, when not, and what instead, by name, as sentences.
    package let use: String
    /// What comes back, and its limits, as sentences.
    package let returns: String
    /// The members of an entry of the result's list that a short answer keeps; empty for all.
    ///
    /// The first one names the entry.
    package let essentials: [String]
    /// Fields that only people may give, by their names in JSON.
    package let withheld: Set<String>
    /// Whether a second call with the same arguments changes nothing more.
    package let isIdempotent: Bool
    /// Whether it reaches a device.
    package let reachesDevices: Bool
    package let next: [Next]
    /// How that is had which does not fit into one answer; nil where narrower filters are all that helps.
    package let rest: String?
    /// Whether each call makes another list, so that no cursor leads on.
    package let isOnePage: Bool

    package init(
        _ name: String, title: String, in toolset: Toolset, purpose: String, behaviour: String, use: String,
        returns: String, essentials: [String] = [], withheld: Set<String> = [], isIdempotent: Bool = true,
        reachesDevices: Bool = false, next: [Next] = [], rest: String? = nil,
        isOnePage: Bool = false
    ) {
        self.rest = rest
        self.isOnePage = isOnePage
        self.name = name
        self.title = title
        self.toolset = toolset
        self.purpose = purpose
        self.behaviour = behaviour
        self.use = use
        self.returns = returns
        self.essentials = essentials
        self.withheld = withheld
        self.isIdempotent = isIdempotent
        self.reachesDevices = reachesDevices
        self.next = next
    }

    /// All words, as a model reads them.
    package var description: String {
        [purpose, behaviour, use, returns].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
