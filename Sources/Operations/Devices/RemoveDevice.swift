import RemoteExecution
import Storage

/// Forgets a device; its backups stay.
package struct RemoveDevice: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device to forget.", .operand) var device: DeviceName
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let removed: String

        package var display: [DisplayBlock] {
            [.lines([Cell("\(removed) is no longer registered. Its backups are kept.")])]
        }
    }

    package static let contract = Contract(
        resource: "device", verb: .custom("remove"), summary: "Forget a device; its backups are kept",
        effect: .writes,
        errors: [.deviceUnknown, .localDevice],
        examples: [Contract.Example("holdfast device remove web1", "forget web1 and its pinned host key")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard input.device != .local else {
            throw OperationError(.localDevice, "‘local’ is this machine itself and is always there")
        }
        let registry = try await context.services.registry()
        do { try await registry.remove(input.device) } catch { throw OperationError(error) }
        return Output(removed: input.device.text)
    }
}
