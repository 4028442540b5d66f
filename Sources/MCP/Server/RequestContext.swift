public import Basics

/// What a request brings besides its parameters, and the way to tell its client how it goes.
public struct RequestContext: Sendable {
    /// The revision that the client speaks.
    public let revision: Revision
    /// What the client says of itself.
    public let client: ClientFacts
    /// What the client answered to what was asked, by the names of the demand; empty in the first round.
    public let answers: [String: JSONValue]
    /// The state that the demand carried; nil in the first round.
    ///
    /// It came back as it was sent.
    public let state: JSONValue?
    private let outlet: Outlet

    init(
        revision: Revision, client: ClientFacts, answers: [String: JSONValue] = [:], state: JSONValue? = nil,
        outlet: Outlet
    ) {
        self.revision = revision
        self.client = client
        self.answers = answers
        self.state = state
        self.outlet = outlet
    }

    /// The same in a later round.
    func with(answers: [String: JSONValue], state: JSONValue?) -> RequestContext {
        RequestContext(revision: revision, client: client, answers: answers, state: state, outlet: outlet)
    }

    /// Whether the client can take its result later, as a task.
    public var takesTasks: Bool { revision.isStateless && client.has(extension: TaskView.extensionName) }

    /// Tells how far the request is, at once: waits until the client took it.
    ///
    /// Does nothing where the client does not want it.
    public func tell(progress: Double, of total: Double? = nil, _ message: String = "") async {
        await outlet.send(progress: Outlet.Progress(value: progress, total: total, message: message))
    }

    /// The same without waiting: of several in a row only the newest is told, ten times a second at most.
    public func report(progress: Double, of total: Double? = nil, _ message: String = "") {
        outlet.report(Outlet.Progress(value: progress, total: total, message: message))
    }

    /// Frees the connection of a client that can come back for what follows: for work that takes long.
    ///
    /// Does nothing where there is no such connection.
    public func rest() async { await outlet.rest() }

    /// Sends a log message, where the client wants messages of that level.
    /// - Parameter data: any JSON without secrets.
    public func log(_ level: LogLevel, logger: String, _ data: JSONValue) async {
        await outlet.log(level, logger: logger, data)
    }

    /// Whether the client wants messages of that level, so that they are worth making.
    public func wants(_ level: LogLevel) -> Bool { outlet.wants(level) }

    /// The same as `log` without waiting: sent soon, and before the answer.
    ///
    /// Of many in a row those that do not fit are counted and left out, which the client is told.
    public func note(_ level: LogLevel, logger: String, _ data: JSONValue) {
        outlet.note(level, logger: logger, data)
    }
}
