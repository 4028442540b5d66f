import Collectors
import RemoteExecution
import Synchronization

/// What a device is asked, worked out while the connection to it is being made.
///
/// As a source it gives the script, as a consumer it hands the answers to those who understand them.
final class LateCourse: ShellSource, ShellConsumer {
    private let course: Task<DeviceBackup.Course, any Error>
    private let isGiven = Atomic<Bool>(false)

    init(_ compose: @escaping @Sendable () async throws -> DeviceBackup.Course) {
        course = Task { try await compose() }
    }

    /// Does no more than is done; for when nobody wants the answers.
    func cancel() { course.cancel() }

    /// What is asked, once it is known.
    func value() async throws -> DeviceBackup.Course { try await course.value }

    func next() async throws -> [UInt8]? {
        guard !isGiven.exchange(true, ordering: .relaxed) else { return nil }
        return try await course.value.script
    }

    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        try await course.value.reader.receive(bytes, from: stream)
    }
}
