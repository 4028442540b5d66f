import Basics
import RemoteExecution

/// Lists the registered devices.
package struct ListDevices: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Only devices with this tag; with several, with all of them.") var tag: [String] = []
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let devices: [DeviceView]

        package var display: [DisplayBlock] {
            let rows = devices.map { device in
                [
                    Cell(device.name), Cell(device.address), Cell(device.tags.joined(separator: " ")),
                    Cell(device.fingerprint ?? "–", .dim),
                ]
            }
            return [
                .table(
                    columns: [Column("NAME", isWhole: true), "ADDRESS", "TAGS", "HOST KEY"], rows: rows,
                    empty: "No device has these tags.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "device", verb: .list, summary: "List the registered devices", effect: .reads,
        examples: [
            Contract.Example("holdfast device list --tag storage", "only the devices tagged ‘storage’")
        ],
        reach: .scoped,
        guidance: Guidance(
            "list_devices", title: "List devices", in: .core,
            purpose: "Lists the machines that Holdfast knows, with address and tags.",
            behaviour: "Reads the local register only; no machine is contacted.",
            use:
                "Use it first, to learn device names; for one device's settings use get_device; to see whether a machine answers use check_device.",
            returns: "Returns name, address and tags of each.", essentials: ["name", "address", "tags"],
            next: [.init("get_device", ["device": "devices.0.name"]), .init("list_backups")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let devices = try await context.devices()
        return Output(devices: devices.filter { Set(input.tag).isSubset(of: $0.tags) }.map(DeviceView.init))
    }
}
