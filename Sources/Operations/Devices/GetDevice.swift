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
        examples: [Contract.Example("holdfast device show web1", "what is known of web1")],
        reach: .scoped,
        guidance: Guidance(
            "get_device", title: "Show a device", in: .devices,
            purpose: "Shows what is registered of one machine: address, pinned host key, tags, own paths.",
            behaviour: "Reads the local register only; the machine is not contacted.",
            use:
                "Use it when the settings of one device matter; for all names use list_devices; for the machine's present state use check_device.",
            returns: "Returns one record; an unknown name is an error.",
            next: [.init("list_backups", ["device": "name"]), .init("check_device", ["device": "name"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> DeviceView
    {
        DeviceView(try await context.device(input.device))
    }
}
