import Basics
import RemoteExecution
import Restore
import Synchronization
import Vault

/// Starts the containers of a backup on the engine of a device, in scratch.
struct EngineDrill: Sendable {
    /// Most seconds that one container may take to become what it was.
    private static let patience = 180

    let context: OperationContext
    let vault: Vault
    let manifest: Manifest
    let device: Device

    /// One check of each container that ran when the backup was made.
    ///
    /// Cancelling ends it; what it made on the engine is cleared away there, or by the next drill.
    /// - Parameters:
    ///   - all: every entry of the backup.
    ///   - damaged: paths whose content could not be read.
    func checks(_ all: [FileEntry], damaged: Set<[UInt8]>) async throws -> [DrillCheck] {
        do { return try await drilled(all, damaged) } catch {
            // What is wrong with the backup is a failed check.
            let cause = OperationError(any: error)
            guard cause.code == .vaultCorrupt else { throw error }
            return [DrillCheck("containers", .failed, cause.message)]
        }
    }

    private func drilled(_ all: [FileEntry], _ damaged: Set<[UInt8]>) async throws -> [DrillCheck] {
        let planning = ContainerPlanning(
            vault: vault, manifest: manifest, request: ContainerRequest(), redactor: context.services.redactor
        )
        let wanted = try await planning.wanted(all)
        let drill = ContainerDrill(
            wanted.engine, id: .random(), entries: wanted.entries, damaged: damaged,
            order: wanted.dependencies)
        guard !drill.names.isEmpty else { return drill.checks }
        let left = Self.leftOut(wanted)
        guard drill.weight <= ContainerDrill.limit else {
            return drill.checks + left + [
                DrillCheck(
                    "containers", .notChecked,
                    "their data is \(ByteCount(drill.weight)), more than a drill sends to an engine (\(ByteCount(ContainerDrill.limit)))"
                )
            ]
        }
        let boundary = FrameBoundary()
        let source = NotedSource(drill.stream { piece in try await vault.bytes(of: [piece]) })
        let reader = RestoreReader(boundary: boundary, inputStep: 0, input: { source })
        var limits = ShellJob.Limits()
        limits.idle = .seconds(900)
        limits.total = .seconds(7500)
        let script = FramedScript.bytes(steps: [drill.step(patience: Self.patience)], boundary: boundary)
        do {
            _ = try await context.services.transport.run(
                ShellJob(input: script, keepsInputOpen: true, limits: limits), on: device, into: reader)
        } catch { throw source.failure ?? OperationError(error, device: device.name) }
        guard let result = await reader.results[0], result.hasEnded else {
            throw OperationError(.restoreFailed, "\(device.name) did not end the drill of the containers")
        }
        let lines = result.lines
        guard result.status == 0 else {
            let told = lines.filter { $0.hasPrefix("holdfast: ") }.map { $0.dropFirst("holdfast: ".count) }
            throw OperationError(
                .restoreFailed,
                "The containers could not be drilled on \(device.name): \(told.last.map(String.init) ?? "status \(result.status ?? -1)")"
            )
        }
        return left
            + drill.checks(of: lines).map { check in
                DrillCheck(check.name, check.outcome, context.services.redactor.redact(check.reason))
            }
    }

    /// Tells what of the volumes never gets onto an engine in a drill.
    private static func leftOut(_ wanted: ContainerPlanning.Wanted) -> [DrillCheck] {
        let places = wanted.engine.volumes.values.map { VolumeSpec($0).mountpoint }
        let count = wanted.special.count { RestoreScope.isBelow($0, places) }
        guard count > 0 else { return [] }
        return [
            DrillCheck(
                "special files of volumes", .notChecked,
                "\(count) device nodes and setuid files are not brought to an engine in a drill")
        ]
    }
}

/// Keeps why a source failed, as a transport hands on its words only.
private final class NotedSource: ShellSource {
    private let source: any ShellSource
    private let noted = Mutex<(any Error)?>(nil)

    init(_ source: any ShellSource) { self.source = source }

    /// Why it failed; nil when it did not.
    var failure: (any Error)? { noted.withLock { $0 } }

    func next() async throws -> [UInt8]? {
        do { return try await source.next() } catch {
            noted.withLock { $0 = error }
            throw error
        }
    }
}
