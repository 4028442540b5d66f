import RemoteExecution
import Storage

/// Pins a device's present host key after a person accepted the change.
package struct TrustDevice: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device whose key changed.", .operand) var device: DeviceName
        @Field("Host key fingerprint (SHA256:…) that you know to be right; without it you are asked.")
        var acceptFingerprint: String?
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let device: String
        package let old: String?
        package let new: String
        package let isChanged: Bool

        package var display: [DisplayBlock] {
            guard isChanged else {
                return [.lines([Cell("\(device) shows its pinned host key \(new): nothing to do.")])]
            }
            return [
                .record([
                    ("device", Cell(device)), ("old key", Cell(old ?? "–", .dim)),
                    ("new key", Cell(new, .good)),
                ])
            ]
        }
    }

    package static let contract = Contract(
        resource: "device", verb: .custom("trust"), summary: "Accept a device's changed host key",
        discussion: """
            Reads the host key that the machine shows now, shows the old and the new fingerprint and asks. Only do this \
            when you know why the key changed, for example because the machine was reinstalled.
            """,
        effect: .writes,
        errors: [.deviceUnknown, .deviceUnreachable, .hostKeyUnconfirmed, .hostKeyChanged, .localDevice],
        examples: [Contract.Example("holdfast device trust web1", "show old and new key, and ask")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let device = try await context.device(input.device)
        guard case .ssh(let target) = device.connection else {
            throw OperationError(.localDevice, "‘local’ is reached without SSH and has no host key")
        }
        let present: HostKey
        do { present = try await context.services.transport.hostKey(of: target, within: .seconds(15)) } catch
        {
            throw OperationError(error, device: device.name)
        }
        let old = device.hostKey
        guard present != old else {
            return Output(
                device: device.name.text, old: old?.fingerprint, new: present.fingerprint, isChanged: false)
        }
        let key = try await DeviceFields.confirmedKey(
            of: target, for: device.name, accepted: input.acceptFingerprint, known: old, context: context)
        _ = try await context.changeDevice(device.name) { (present) throws(OperationError) in
            guard present.hostKey == old, present.connection == device.connection else {
                throw OperationError(
                    .storeBusy, "\(device.name) was changed by somebody else meanwhile",
                    hint: "Look at it with ‘holdfast device show \(device.name)’ and run this again.")
            }
            present.hostKey = key
        }
        return Output(device: device.name.text, old: old?.fingerprint, new: key.fingerprint, isChanged: true)
    }
}
