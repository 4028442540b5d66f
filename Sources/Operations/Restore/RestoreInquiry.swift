import Basics
import Codecs
import Collectors
import RemoteExecution
import Restore
import Vault

/// A question to a machine: how it is now, in the scope of a restore.
///
/// Nothing of the answer is stored.
struct RestoreInquiry: Sendable {
    private let device: Device
    private let scope: RestoreScope
    private let vault: Vault
    private let hash: KeyedHash
    private let context: OperationContext
    private let translation: RestoreReading.Translation
    private let mapped: MappedBackup
    private let meter: ContentMeter
    private let backup: DeviceBackup

    /// - Parameter excludes: globs of what to leave out below own paths.
    init(
        _ device: Device, _ scope: RestoreScope, _ vault: Vault, _ hash: KeyedHash,
        _ context: OperationContext, _ translation: RestoreReading.Translation,
        excluding excludes: [String] = []
    ) async throws(OperationError) {
        mapped = try await MappedBackup(
            scope.wanted, maps: translation.maps, owners: OwnerMap(), vault: vault)
        meter = await vault.meter()
        self.scope = scope.mapped(translation.maps, mapped)
        self.device = device
        self.vault = vault
        self.hash = hash
        self.context = context
        self.translation = translation
        var request = self.scope.request(excluding: excludes)
        request.terms.isWanted = self.scope.isWanted
        backup = DeviceBackup(
            device: device, request: request, vault: vault,
            earlier: nil,
            reusesInventories: false, intake: meter, context: context, onBytes: { _ in })
    }

    /// Asks in a connection of its own.
    func read() async throws(OperationError) -> RestoreReading { try await state(of: backup.readWhole()) }

    /// The question as a part of a longer script.
    /// - Parameter first: the number of its first step there.
    func course(
        boundary: FrameBoundary, numberedFrom first: Int
    ) async throws(OperationError) -> DeviceBackup.Course {
        try await backup.course(boundary: boundary, numberedFrom: first)
    }

    /// What a script brought that held the question.
    func reading(
        of course: DeviceBackup.Course, interruption: ShellError?
    ) async throws(OperationError) -> RestoreReading {
        let reading = try await backup.reading(of: course, interruption: interruption)
        try backup.checkWhole(reading)
        return try await state(of: reading)
    }

    /// Confirms a run and, where that kept it, asks in the same connection.
    ///
    /// - Parameter read: gets the reading, or why there is none; not called when nothing was kept.
    /// - Throws: `ShellError` when the device does not say what it decided.
    func confirm(
        _ session: RestoreSession, read: (Result<RestoreReading, OperationError>) -> Void
    ) async throws(ShellError) -> RestoreSession.Status {
        let course: DeviceBackup.Course
        do { course = try await backup.course() } catch { throw ShellError(.consumer, error.message) }
        let own = course.plan.steps.count
        let reader = RestoreReader(boundary: course.boundary, own: own..<own + 1, of: 0..<own + 1)
        var limits = backup.request.limits
        limits.connect = .seconds(10)
        let script = FramedScript.Template(
            [FramedScript.Numbered(own, session.confirmation(), isDecisive: true)] + course.plan.numbered(),
            setup: course.plan.setup)
        let job = ShellJob(input: script.bytes(boundary: course.boundary), limits: limits)
        var interruption: ShellError?
        do throws(ShellError) {
            _ = try await context.services.transport.run(
                job, on: device, into: SharedConsumer(course.reader, answering: reader))
        } catch { interruption = error }
        guard let result = await reader.results[own], result.hasEnded else {
            if let interruption { throw interruption }
            return try RestoreSession.status(nil)
        }
        let status = try RestoreSession.status(result)
        guard status.phase == .kept else { return status }
        do throws(OperationError) {
            read(.success(try await reading(of: course, interruption: interruption)))
        } catch { read(.failure(error)) }
        return status
    }

    private func state(of reading: DeviceBackup.Reading) async throws(OperationError) -> RestoreReading {
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        do {
            let present = try await comparison.state(of: reading, meter: meter)
            let wanted = try await comparison.state(of: scope.manifest)
            let engine =
                scope.readsEngine
                ? try await EngineReading.state(of: reading, meter: meter, items: present.items) : .absent
            var result = RestoreReading(
                device, scope, present, wanted, reading.assembly.backupDevice.machineID, hash, mapped,
                translation, engine)
            result.facts.hidesSome = !scope.excluded.isEmpty || !device.excludes.isEmpty
            if scope.readsRoom {
                result.facts.additions = OwnAdditions(
                    scope, device, wanted: wanted, present: present, state: context.services.paths)
            }
            return result
        } catch { throw OperationError(any: error) }
    }
}
