/// What an operation does to the world.
package enum Effect: String, Sendable, Codable, CaseIterable {
    /// Looks only.
    case reads
    /// Saves a proposal that a person may approve; changes nothing else.
    case proposes
    /// Adds or changes, and loses nothing.
    case writes
    /// May lose something for good.
    case destroys
}

/// What is done to a resource.
package enum Verb: Sendable, Equatable {
    case list
    case get
    case create
    case update
    case delete
    case custom(String)

    /// The word the command line uses.
    package var word: String {
        switch self {
        case .list: "list"
        case .get: "show"
        case .create: "create"
        case .update: "set"
        case .delete: "delete"
        case .custom(let word): word
        }
    }
}

/// What an operation does where its audit record cannot be written because the disk is full or read-only.
package enum AuditNeed: String, Sendable {
    /// Nothing is done without its intent on the record.
    case required
    /// It only reads what is kept here: it goes on and says that it was not recorded.
    case wanted
    /// As `required`; the reserve is given up for it where the disk is full, as it makes room.
    case freeing
    /// It makes the chain itself, or brings back what is needed for it: it may run before there is one.
    case founding
}

/// An operation's name, words, effect and possible errors; every surface is derived from it.
package struct Contract: Sendable {
    /// A call shown in help and documentation.
    package struct Example: Sendable {
        /// The whole command line, beginning with `holdfast`.
        package let command: String
        /// What it does, as a phrase.
        package let meaning: String

        package init(_ command: String, _ meaning: String) {
            self.command = command
            self.meaning = meaning
        }
    }

    /// The noun, singular, lower case.
    package let resource: String
    package let verb: Verb
    /// One phrase without a full stop: what it does.
    package let summary: String
    /// Paragraphs for help and documentation; empty when the summary says it all.
    package let discussion: String
    package let effect: Effect
    /// The error codes it can end with besides those that every operation has.
    package let errors: [OperationError.Code]
    package let examples: [Example]
    /// The words of the command line; the noun and the verb unless given.
    package let command: [String]
    /// Whether it may run unrecorded; means nothing for what only reads.
    package let audit: AuditNeed
    /// Whether it may take long, and so may be run in the background, as a job.
    package let isLong: Bool
    /// Which devices it can show or touch.
    package let reach: DeviceReach
    /// What assistants are told; nil where it is for people only.
    package let guidance: Guidance?

    package init(
        resource: String, verb: Verb, summary: String, discussion: String = "", effect: Effect,
        errors: [OperationError.Code] = [], examples: [Example] = [], command: [String]? = nil,
        audit: AuditNeed = .required, isLong: Bool = false, reach: DeviceReach = .everything,
        guidance: Guidance? = nil
    ) {
        self.resource = resource
        self.verb = verb
        self.summary = summary
        self.discussion = discussion
        self.effect = effect
        self.errors = errors
        self.examples = examples
        self.command = command ?? [resource, verb.word]
        self.audit = audit
        self.isLong = isLong
        self.reach = reach
        self.guidance = guidance
    }
}
