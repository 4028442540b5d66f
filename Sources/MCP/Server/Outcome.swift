public import Basics

/// What became of a request that may need the user, or take its time.
public enum Outcome<Value: Sendable>: Sendable {
    /// It is done.
    case complete(Value)
    /// It goes on when the client has asked its user, or told what else is wanted.
    case inputRequired(InputDemand)
    /// It goes on by itself; the client asks for its end by the task's id. Only for clients that declared tasks.
    case task(TaskView)

    /// The same with another value.
    func map<Other: Sendable>(_ transform: (Value) -> Other) -> Outcome<Other> {
        switch self {
        case .complete(let value): .complete(transform(value))
        case .inputRequired(let demand): .inputRequired(demand)
        case .task(let task): .task(task)
        }
    }
}

/// What a request needs before it can go on.
///
/// What the client answers is the client's word: it proves nothing about a person, and nothing may be approved by it.
public struct InputDemand: Sendable, Equatable {
    /// What is asked, by names that the answers come back under.
    public let requests: [String: InputRequest]
    /// What the request wants to be told again when it goes on; the client carries it sealed.
    public let state: JSONValue?

    /// A demand.
    public init(_ requests: [String: InputRequest], state: JSONValue? = nil) {
        self.requests = requests
        self.state = state
    }
}

/// One thing that only the client can get.
public enum InputRequest: Sendable, Equatable {
    /// A form that the user fills in; the schema is a flat object of plain values. Never for secrets.
    case form(message: String, schema: JSONValue)
    /// An address that the user opens; `id` names the visit.
    case url(message: String, address: String, id: String)
    /// A text that the client's model writes; the parameters of `sampling/createMessage`.
    case sampling([String: JSONValue])
    /// The folders that the client works in.
    case roots

    /// The method by which it is asked.
    var method: String {
        switch self {
        case .form, .url: "elicitation/create"
        case .sampling: "sampling/createMessage"
        case .roots: "roots/list"
        }
    }

    /// The parameters for a client of that revision.
    func parameters(for revision: Revision) -> [String: JSONValue] {
        switch self {
        case .form(let message, let schema):
            var members: [String: JSONValue] = ["message": .string(message), "requestedSchema": schema]
            if revision >= .november2025 { members["mode"] = "form" }
            return members
        case .url(let message, let address, let id):
            var members: [String: JSONValue] = [
                "mode": "url", "message": .string(message), "url": .string(address),
            ]
            if !revision.isStateless { members["elicitationId"] = .string(id) }
            return members
        case .sampling(let parameters): return parameters
        case .roots: return [:]
        }
    }

    /// The capability that the client must have declared, as an object of capabilities.
    var required: JSONValue {
        switch self {
        case .form: ["elicitation": [:]]
        case .url: ["elicitation": ["url": [:]]]
        case .sampling: ["sampling": [:]]
        case .roots: ["roots": [:]]
        }
    }

    /// Whether that client can be asked for it.
    func isPossible(for client: ClientFacts) -> Bool {
        switch self {
        case .form: client.canElicit("form")
        case .url: client.canElicit("url")
        case .sampling: client.capabilities["sampling"]?.object != nil
        case .roots: client.capabilities["roots"]?.object != nil
        }
    }
}
