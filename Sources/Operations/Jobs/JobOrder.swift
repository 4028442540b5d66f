package import Basics
import RemoteExecution

/// What a job's process is told: it is handed over directly, and never read from a database.
package struct JobOrder: Sendable, Equatable, Codable {
    /// The largest order, in bytes of JSON: it fits into a pipe, so that handing it over never waits.
    package static let limit = 60_000

    /// The job's name.
    package let job: String
    /// The operation's command: `backup create`.
    package let operation: String
    /// Its arguments by field name.
    package let arguments: [String: JSONValue]
    let actor: String
    let surface: String
    let level: String
    /// The only devices they may use; nil for all.
    let devices: [DeviceName]?

    init(job: JobID, operation: String, arguments: [String: JSONValue], caller: Caller) {
        self.job = job.text
        self.operation = operation
        self.arguments = arguments
        actor = caller.actor
        surface = caller.surface
        level = String(describing: caller.level)
        devices = if case .only(let names) = caller.scope { names.sorted() } else { nil }
    }

    /// Who asked; nil when the order names no level.
    var caller: Caller? {
        guard let level = AccessLevel.allCases.first(where: { String(describing: $0) == level }) else {
            return nil
        }
        return Caller(
            actor: actor, surface: surface, level: level, scope: devices.map { .only(Set($0)) } ?? .all)
    }

    /// The order as JSON.
    /// - Throws: `argumentInvalid` when it is larger than `limit`.
    package func bytes() throws(OperationError) -> [UInt8] {
        let tree: JSONValue
        do { tree = try JSONValueEncoder().encode(self) } catch {
            throw OperationError(.internalFailure, "The job cannot be handed over: \(error)")
        }
        let bytes = JSONWriter.bytes(tree)
        guard bytes.count <= Self.limit else {
            throw OperationError(
                .argumentInvalid, "The arguments are too long for a job: \(ByteCount(Int64(bytes.count)))",
                hint: "Run it without --background, or name less at once.")
        }
        return bytes
    }

    /// - Throws: `argumentInvalid` when `bytes` are no order.
    package init(_ bytes: [UInt8]) throws(OperationError) {
        do { self = try JSONValueDecoder().decode(JobOrder.self, from: JSONParser.parse(bytes)) } catch {
            throw OperationError(.argumentInvalid, "This is no order of a job: \(error)")
        }
    }
}

/// Starts what a job runs in: a process of its own, with a session of its own, that outlives who asked.
package protocol JobLauncher: Sendable {
    /// Starts it and hands the order over; returns once it has the order.
    ///
    /// - Parameter lock: an open, locked file; whoever runs the order keeps it open as long as it lives, so that others see
    ///   when it is gone.
    /// - Throws: `ioFailed` when nothing could be started.
    func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError)
}

/// Starts nothing, where there is no program to start.
package struct NoLauncher: JobLauncher {
    package init() {}

    package func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {
        throw OperationError(.ioFailed, "No job can be started here")
    }
}
