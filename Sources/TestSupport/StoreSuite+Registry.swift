import Basics
import RemoteExecution
import Storage

extension StoreSuite {
    static let registryChecks = [
        Check("an empty registry holds the local machine") { store in
            let devices = try await store.devices()
            try expect(devices.map(\.name) == [.local], "found \(devices.map(\.name))")
            try expect(devices.first?.connection == .local, "local is reached over SSH")
            try expect(try await store.device(named: .local) == devices.first, "local is not found by name")
        },
        Check("a device comes back as it was added") { store in
            let device = try device("nas-1")
            try await store.add(device)
            try expect(try await store.device(named: device.name) == device, "the device changed")
        },
        Check("devices are sorted by name") { store in
            for name in ["z", "B", "a", "10", "9"] { try await store.add(device(name)) }
            let names = try await store.devices().map(\.name)
            try expect(names == names.sorted(), "found \(names)")
            try expect(names.count == 6, "found \(names.count) devices")
        },
        Check("a name is given once") { store in
            let first = try device("nas")
            try await store.add(first)
            var second = first
            second.tags = ["other"]
            try await expectError(.conflict) { () throws(StoreError) in try await store.add(second) }
            try expect(try await store.device(named: first.name) == first, "the first device was replaced")
            let local = Device.local(added: Timestamp(seconds: 1))
            try await expectError(.conflict) { () throws(StoreError) in try await store.add(local) }
        },
        Check("an update replaces one device") { store in
            try await store.add(device("other"))
            var device = try device("nas")
            try await store.add(device)
            device.connection = .ssh(SSHTarget(host: "nas.example"))
            device.hostKey = nil
            device.tags = []
            let first = try require(try await store.device(named: device.name))
            try expect(try await store.replace(first, with: device), "the device was not replaced")
            try expect(try await store.device(named: device.name) == device, "the update is not there")
            var late = first
            late.tags = ["late"]
            try expect(
                !(try await store.replace(first, with: late)), "an older state was taken for the present one")
            try expect(
                try await store.device(named: device.name) == device, "a late update took an earlier one back"
            )
            try expect(try await store.devices().count == 3, "the number of devices changed")
        },
        Check("what is not there cannot be updated or removed") { store in
            let device = try device("nas")
            try await expectError(.notFound) { () throws(StoreError) in
                _ = try await store.replace(device, with: device)
            }
            try await expectError(.notFound) { () throws(StoreError) in try await store.remove(device.name) }
            try expect(try await store.device(named: device.name) == nil, "found what was never added")
        },
        Check("a removed device is gone and its name free") { store in
            let device = try device("nas")
            try await store.add(device)
            try await store.remove(device.name)
            try expect(try await store.device(named: device.name) == nil, "the device is still there")
            try await store.add(device)
        },
        Check("local can be described but neither removed nor sent elsewhere") { store in
            try await expectError(.conflict) { () throws(StoreError) in try await store.remove(.local) }
            var local = try require(try await store.device(named: .local))
            local.tags = ["here"]
            local.paths = ["/srv"]
            let stored = try require(try await store.device(named: .local))
            try expect(try await store.replace(stored, with: local), "local was not replaced")
            try expect(try await store.device(named: .local) == local, "the update is not there")
            var moved = local
            moved.connection = .ssh(SSHTarget(host: "elsewhere"))
            try await expectError(.conflict) { [moved] () throws(StoreError) in
                _ = try await store.replace(stored, with: moved)
            }
            var twin = try device("twin")
            twin.connection = .local
            try await expectError(.conflict) { [twin] () throws(StoreError) in try await store.add(twin) }
        },
    ]
}
