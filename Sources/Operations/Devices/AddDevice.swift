import Basics
import RemoteExecution
import Storage

/// Registers a machine and pins its host key.
package struct AddDevice: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Name for the machine: letters, digits, ‘.’, ‘_’, ‘-’.", .operand) var name: DeviceName
        @Field("Where it is: [user@]host[:port], or a Host of your OpenSSH configuration.", .operand)
        var address: String
        @Field("Host key fingerprint (SHA256:…) that you know to be right; without it you are asked.")
        var acceptFingerprint: String?
        @Field("Private key file to log in with.", placeholder: "FILE") var identity: String?
        @Field("Jump host, [user@]host[:port]; repeat for several, in order.", placeholder: "ADDRESS")
        var jump: [String] = []
        @Field("Tag to select the device by; repeatable.") var tag: [String] = []
        @Field(
            "Absolute path to back up besides what the collectors know, \\xNN for a byte that is no text; repeatable."
        ) var path: [String] =
            []
        @Field("Glob of what to leave out of these paths; repeatable.", placeholder: "GLOB")
        var exclude: [String] = []
        package init() {}
    }

    package static let contract = Contract(
        resource: "device", verb: .custom("add"), summary: "Register a machine and pin its host key",
        discussion: """
            Shows the fingerprint of the machine's host key and asks whether it is right. From then on this key is \
            the only one accepted for the device; a changed key stops everything until ‘device trust’.

            User, port, key and jump hosts that you do not give come from your OpenSSH configuration. A jump host's own \
            key is not kept with the machines behind it: register it as a device first, or let known_hosts tell its key.
            """,
        effect: .writes,
        errors: [.deviceExists, .deviceUnreachable, .hostKeyUnconfirmed, .hostKeyChanged, .timedOut],
        examples: [
            Contract.Example(
                "holdfast device add web1 admin@192.0.2.10", "register, asking about the host key"),
            Contract.Example(
                "holdfast device add nas1 nas.lan:2222 --accept-fingerprint SHA256:… --tag storage",
                "register from a script, with a known fingerprint"),
        ])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> DeviceView
    {
        if let reason = DeviceFields.reasonAgainst(input.name) {
            throw OperationError(.argumentInvalid, reason, hint: "Choose another name.")
        }
        let target = try DeviceFields.target(input.address, identity: input.identity, jumps: input.jump)
        var device = Device(name: input.name, connection: .ssh(target), added: context.clock.now())
        device.tags = try DeviceFields.tags(input.tag)
        device.paths = try DeviceFields.paths(input.path)
        device.excludes = try DeviceFields.excludes(input.exclude)
        guard try await context.findDevice(input.name) == nil else {
            throw OperationError(
                .deviceExists, "There is already a device called ‘\(input.name)’",
                hint: "Change it with: holdfast device set \(input.name)")
        }
        device.hostKey = try await DeviceFields.confirmedKey(
            of: target, for: input.name, accepted: input.acceptFingerprint, known: nil, context: context)
        let registry = try await context.services.registry()
        do { try await registry.add(device) } catch { throw OperationError(error) }
        return DeviceView(device)
    }
}
