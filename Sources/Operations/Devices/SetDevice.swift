import Basics
import RemoteExecution
import Storage

/// Changes what is known of a device.
package struct SetDevice: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device to change.", .operand) var device: DeviceName
        @Field("New address, [user@]host[:port]; the pinned host key stays.") var address: String?
        @Field("Private key file to log in with.", placeholder: "FILE") var identity: String?
        @Field("Jump hosts, in order; replaces those it has.", placeholder: "ADDRESS") var jump: [String] = []
        @Field("Tag to add; repeatable.", placeholder: "TAG") var addTag: [String] = []
        @Field("Tag to take away; repeatable.", placeholder: "TAG") var removeTag: [String] = []
        @Field("Own path to add, \\xNN for a byte that is no text; repeatable.", placeholder: "PATH")
        var addPath: [String] = []
        @Field("Own path to take away; repeatable.", placeholder: "PATH") var removePath: [String] = []
        @Field("Exclude glob to add; repeatable.", placeholder: "GLOB") var addExclude: [String] = []
        @Field("Exclude glob to take away; repeatable.", placeholder: "GLOB") var removeExclude: [String] = []
        @Field(
            "How many people must approve a plan for it, 1 to 9; fewer than before wants a person at a terminal.",
            placeholder: "N") var approvals: Int?
        package init() {}
    }

    package static let contract = Contract(
        resource: "device", verb: .update,
        summary: "Change a device's address, key file, tags, own paths or approvals",
        discussion: """
            With --approvals 2 a plan for the device counts as approved once two people have said yes, each from an account \
            of their own; policies do not count then. The number holds for the device's name and for its host key, and is \
            kept on the audit chain.
            """,
        effect: .writes,
        errors: [.deviceUnknown, .localDevice, .personRequired, .approvalMissing, .auditBroken],
        examples: [
            Contract.Example(
                "holdfast device set web1 --add-path /srv/www --add-exclude '*/cache/*'",
                "back up a further folder"),
            Contract.Example("holdfast device set db1 --approvals 2", "two people must approve its plans"),
        ],
        guidance: Guidance(
            "set_device", title: "Change a device's settings", in: .devices,
            purpose: "Changes the registered settings of a machine: tags and own paths.",
            behaviour: "Changes the register here, nothing on the machine; every change can be set back.",
            use: "Use it to back up further folders or to tag a machine; to look use get_device.",
            returns: "Returns the device as it is registered.",
            withheld: ["address", "approvals", "identity", "jump"],
            next: [.init("get_device", ["device": "name"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> DeviceView
    {
        let device = try await context.changeDevice(input.device) { (device) async throws(OperationError) in
            try await change(&device, input, context)
        }
        return DeviceView(device)
    }

    private func change(
        _ device: inout Device, _ input: Input, _ context: OperationContext
    ) async throws(OperationError) {
        try changeConnection(of: &device, input)
        device.tags = try DeviceFields.tags(device.tags + input.addTag).filter {
            !input.removeTag.contains($0)
        }
        device.paths = try DeviceFields.paths(device.paths + input.addPath).filter {
            !input.removePath.contains($0)
        }
        device.excludes = (device.excludes + (try DeviceFields.excludes(input.addExclude))).filter {
            !input.removeExclude.contains($0)
        }
        if let approvals = input.approvals { try await require(approvals, of: &device, context) }
    }

    /// Puts on the chain how many people must approve; a person must say yes to fewer.
    private func require(
        _ approvals: Int, of device: inout Device, _ context: OperationContext
    ) async throws(OperationError) {
        guard (1...9).contains(approvals) else {
            throw OperationError(.argumentInvalid, "--approvals takes 1 to 9")
        }
        let grants = Grants(context: context)
        let hostKey = device.hostKey?.fingerprint ?? ""
        let present = max(
            device.approvals ?? 1,
            try await grants.book().needed(device: device.name.text, hostKey: hostKey))
        if approvals < present {
            guard let person = context.person else {
                throw OperationError(
                    .personRequired,
                    "\(device.name) needs \(present) approvals; only a person at a terminal may ask for fewer",
                    hint: "On a terminal, run the same command.")
            }
            let question =
                "From now on \(approvals) instead of \(present) people must approve what changes \(device.name). Type its name to confirm:"
            guard try await person.confirms(device.name.text, asked: question, after: []) else {
                throw OperationError(.approvalMissing, "\(device.name) still needs \(present) approvals")
            }
        }
        try await grants.write(
            .required(device: device.name.text, hostKey: hostKey, approvals: approvals))
        device.approvals = approvals == 1 ? nil : approvals
    }

    private func changeConnection(of device: inout Device, _ input: Input) throws(OperationError) {
        guard input.address != nil || input.identity != nil || !input.jump.isEmpty else { return }
        guard case .ssh(let old) = device.connection else {
            throw OperationError(
                .localDevice, "‘local’ is reached without SSH: it has no address, key file or jump host")
        }
        let jumps = input.jump.isEmpty ? old.jumps : input.jump
        device.connection = .ssh(
            try DeviceFields.target(
                input.address ?? old.description, identity: input.identity ?? old.identityFile, jumps: jumps))
    }
}
