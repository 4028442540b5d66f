import Basics
import Storage

extension OperationContext {
    /// Puts on record that somebody from outside was refused before any operation began.
    ///
    /// - Parameters:
    ///   - code: a stable word for why.
    ///   - detail: why, as a clause; secrets in it are hidden.
    package func recordRefusal(_ code: String, _ detail: String) async throws(OperationError) {
        let entry = AuditEntry(
            phase: .outcome, action: Hex.string((0..<8).map { _ in UInt8.random(in: .min ... .max) }),
            operation: "access", actor: caller.actor, surface: caller.surface, arguments: [:], result: code,
            detail: services.redactor.redact(detail))
        let trail = try await services.audit()
        do { try await trail.append(entry, by: clock) } catch { throw OperationError(error) }
    }
}
