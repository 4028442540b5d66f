import Basics

/// What is stored of a job besides its state; secrets are hidden in all of it.
struct JobDocument: Sendable, Equatable, Codable {
    /// How far it is.
    struct Progress: Sendable, Equatable, Codable {
        var phase: String
        var done: Int64
        var total: Int64?
        var unit: String
        var bytes: Int64?

        init(_ update: ProgressUpdate) {
            phase = update.phase
            done = update.done
            total = update.total
            unit = update.unit
            bytes = update.bytes?.bytes
        }
    }

    /// Why it did not do what it was asked.
    struct Failure: Sendable, Equatable, Codable {
        var code: String
        var message: String
        var hint: String
    }

    /// How many events are kept; the newest.
    static let eventLimit = 200
    /// The longest event, in characters.
    static let eventLength = 500
    /// How many warnings are kept; the first.
    static let warningLimit = 200
    /// The largest result that is kept, in bytes of JSON.
    static let resultLimit = 1 << 20

    /// Through which surface it was asked for.
    var surface: String
    var arguments: JSONValue
    var progress: Progress?
    /// The newest events, oldest first.
    var events: [String] = []
    /// How many events there were in all.
    var eventCount = 0
    /// What it gave back, as JSON.
    var result: JSONValue?
    var warnings: [String] = []
    var failure: Failure?
    /// What is known of an end that it did not tell itself.
    var note = ""

    init(surface: String, arguments: JSONValue) {
        self.surface = surface
        self.arguments = arguments
    }

    var bytes: [UInt8] {
        // Plain values only: they always encode; nothing is stored of what would not.
        guard let tree = try? JSONValueEncoder().encode(self) else { return [] }
        return JSONWriter.bytes(tree)
    }

    init?(_ bytes: [UInt8]) {
        guard let tree = try? JSONParser.parse(bytes),
            let document = try? JSONValueDecoder().decode(JobDocument.self, from: tree)
        else { return nil }
        self = document
    }

    /// Takes the news in.
    mutating func note(_ update: ProgressUpdate, _ redactor: Redactor) {
        progress = Progress(update)
        guard let event = update.event else { return }
        eventCount += 1
        events.append(String(redactor.redact(event).prefix(Self.eventLength)))
        if events.count > Self.eventLimit { events.removeFirst(events.count - Self.eventLimit) }
    }

    /// Takes the end in.
    mutating func end(_ outcome: Result<OperationResult, OperationError>) {
        switch outcome {
        case .success(let success):
            warnings = Array(success.warnings.prefix(Self.warningLimit))
            let more = success.warnings.count - warnings.count
            if more > 0 { warnings.append("\(more.counted("more warning")) could not be kept with the job") }
            if JSONWriter.bytes(success.json).count <= Self.resultLimit {
                result = success.json
            } else {
                warnings.append("The result was too large to be kept with the job")
            }
        case .failure(let error):
            failure = Failure(code: error.code.rawValue, message: error.message, hint: error.hint)
        }
    }
}
