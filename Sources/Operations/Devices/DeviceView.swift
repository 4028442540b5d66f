import Basics
package import RemoteExecution
import Storage

/// A device as people and programs are shown it.
package struct DeviceView: Codable, Sendable, Equatable {
    package let name: String
    /// `local`, or `[user@]host[:port]`.
    package let address: String
    /// `SHA256:…` of the pinned host key; nil for `local`.
    package let fingerprint: String?
    /// Type of the pinned host key, for example `ssh-ed25519`.
    package let hostKeyType: String?
    package let identityFile: String?
    package let jumps: [String]
    package let tags: [String]
    package let paths: [String]
    package let excludes: [String]
    /// How many people must approve a plan for it.
    package let approvals: Int
    /// When it was registered.
    package let added: String

    package init(_ device: Device) {
        name = device.name.text
        switch device.connection {
        case .local:
            address = "local"
            identityFile = nil
            jumps = []
        case .ssh(let target):
            address = target.description
            identityFile = target.identityFile
            jumps = target.jumps
        }
        fingerprint = device.hostKey?.fingerprint
        hostKeyType = device.hostKey?.algorithm
        tags = device.tags
        paths = device.paths
        excludes = device.excludes
        approvals = device.approvals ?? 1
        added = device.added.description
    }

    /// One line a property.
    var record: [(label: String, value: Cell)] {
        var pairs: [(label: String, value: Cell)] = [("name", Cell(name)), ("address", Cell(address))]
        if let fingerprint { pairs.append(("host key", Cell("\(hostKeyType ?? "") \(fingerprint)"))) }
        if let identityFile { pairs.append(("identity file", Cell(identityFile))) }
        if !jumps.isEmpty { pairs.append(("through", Cell(jumps.joined(separator: ", ")))) }
        pairs.append(("tags", tags.isEmpty ? Cell("none", .dim) : Cell(tags.joined(separator: ", "))))
        if !paths.isEmpty { pairs.append(("own paths", Cell(paths.joined(separator: "\n")))) }
        if !excludes.isEmpty { pairs.append(("left out", Cell(excludes.joined(separator: "\n")))) }
        if approvals > 1 { pairs.append(("approvals", Cell("\(approvals) people"))) }
        pairs.append(("added", Cell(added)))
        return pairs
    }
}

extension DeviceView: Displayable {
    package var display: [DisplayBlock] { [.record(record)] }
}

extension OperationContext {
    /// The device of that name; nil when there is none.
    func findDevice(_ name: DeviceName) async throws(OperationError) -> Device? {
        let registry = try await services.registry()
        do { return try await registry.device(named: name) } catch { throw OperationError(error) }
    }

    /// The device of that name.
    /// - Throws: `deviceUnknown`.
    func device(_ name: DeviceName) async throws(OperationError) -> Device {
        guard let found = try await findDevice(name) else {
            let names = try await devices().map(\.name.text)
            let guess = NearestName.find(for: name.text, among: names).map { "Did you mean ‘\($0)’? " } ?? ""
            throw OperationError(
                .deviceUnknown, "No device is called ‘\(name)’", hint: guess + "See: holdfast device list")
        }
        return found
    }

    /// All devices, sorted by name.
    func devices() async throws(OperationError) -> [Device] {
        let registry = try await services.registry()
        do { return try await registry.devices() } catch { throw OperationError(error) }
    }
}

extension OperationContext {
    /// How often a change is begun again before it is given up.
    private static let changeLimit = 100

    /// Changes a registered device; where somebody else changed it meanwhile, `change` begins again with what is there.
    ///
    /// - Returns: the device as it is registered then.
    /// - Throws: `deviceUnknown`, `storeBusy`, and what `change` throws.
    func changeDevice(
        _ name: DeviceName, _ change: (inout Device) async throws(OperationError) -> Void
    ) async throws(OperationError) -> Device {
        let registry = try await services.registry()
        for _ in 0..<Self.changeLimit {
            let present = try await device(name)
            var device = present
            try await change(&device)
            if device == present { return device }
            do { if try await registry.replace(present, with: device) { return device } } catch {
                throw OperationError(error)
            }
        }
        throw OperationError(
            .storeBusy, "\(name) is changed by others all the time", hint: "Run it again when they are done.")
    }
}

extension DeviceRegistry {
    /// The devices, with the store's error in the words of operations.
    func devicesOrError() async throws(OperationError) -> [Device] {
        do { return try await devices() } catch { throw OperationError(error) }
    }
}
