import RemoteExecution

/// Shows one device.
package struct GetDevice: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device.", .operand) var device: DeviceName
        package init() {}
    }

    package static let contract = Contract(
        resource: "device", verb: .get, summary: "Show one device: address, host key, tags, own paths",
        effect: .reads,
        errors: [.deviceUnknown],
        examples: [Contract.Example("holdfast device show web1", "what is known of web1")], reach: .scoped)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> DeviceView
    {
        DeviceView(try await context.device(input.device))
    }
}
