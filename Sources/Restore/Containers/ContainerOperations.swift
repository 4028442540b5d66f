/// What a plan of containers means on the device, in the order in which it is done.
package struct ContainerOperations: Sendable, Equatable {
    /// An image that must be there.
    package struct Image: Sendable, Equatable {
        /// What to pull; empty when it is there.
        package let pull: String
        /// The name it must have afterwards, and what it is named from; empty when nothing is to be done.
        package let tag: String
        package let source: String
    }

    /// A container that makes room.
    package struct Aside: Sendable, Equatable {
        package let name: String
        package let id: String
        package let restartPolicy: String
        /// Whether nothing takes its place.
        package let isRemoved: Bool
    }

    /// A network that is made.
    package struct Network: Sendable, Equatable {
        package let spec: NetworkSpec
    }

    /// A volume that is made, filled or both.
    package struct Volume: Sendable, Equatable {
        package let spec: VolumeSpec
        package let creation: ArgumentList
        /// Where the backup has its content; empty when it stays empty.
        package let source: String
        /// Where the engine has it on the device.
        package let mountpoint: String
        /// Whether it is there already.
        package let isThere: Bool
        /// Whether it is a folder of the machine, which the engine knows as a bind mount only.
        package var isFolder = false
    }

    /// A container that is made, from the image with this reference.
    package struct Creation: Sendable, Equatable {
        package let spec: ContainerSpec
        package let image: String
    }

    /// A compose project that its own tool brings up.
    package struct Project: Sendable, Equatable {
        package let name: String
        package let folder: String
        package let files: [String]
        package let environmentFiles: [String]
        package let services: [String]
        /// `service=2` for each that ran more than once.
        package let scales: [String]
        /// Its containers that are missing, for an engine without the tool.
        package let members: [Creation]
    }

    /// An instance of LXD or Incus.
    package struct Instance: Sendable, Equatable {
        package let daemon: InstanceDaemon
        package let name: String
        /// Where the backup has its export; empty for one that goes.
        package let source: String
        /// Whether it is started.
        package let isUp: Bool
    }

    /// What instances of LXD or Incus share.
    package struct Part: Sendable, Equatable {
        package let daemon: InstanceDaemon
        package let part: InstancePart
    }

    /// The same when it goes: its kind and name.
    package struct RemovedPart: Sendable, Equatable {
        package let daemon: InstanceDaemon
        package let kind: InstancePart.Kind
        package let name: String
    }

    package var images: [Image] = []
    package var asides: [Aside] = []
    /// Ids of containers that are stopped meanwhile and started again.
    package var paused: [String] = []
    /// Ids of containers that are stopped and stay so, as what they mount goes.
    package var halted: [String] = []
    package var networks: [Network] = []
    package var volumes: [Volume] = []
    package var creations: [Creation] = []
    package var projects: [Project] = []
    /// Names of containers that are there and are started.
    package var starts: [String] = []
    /// Containers that must run, and be healthy where they were, in order.
    package var proofs: [ContainerSpec] = []
    /// What must run after it was stopped for what changes under it.
    package var pausedProofs: [ContainerSpec] = []
    /// Names that go when the run is kept.
    package var removedVolumes: [String] = []
    package var removedNetworks: [String] = []
    /// What instances need and is made before them.
    package var parts: [Part] = []
    package var instances: [Instance] = []
    package var removedInstances: [Instance] = []
    package var removedParts: [RemovedPart] = []

    /// Whether a Docker engine has any part in it.
    var needsEngine: Bool {
        var others = self
        (others.instances, others.removedInstances) = ([], [])
        (others.parts, others.removedParts) = ([], [])
        return !others.isEmpty
    }

    package init() {}

    package var isEmpty: Bool { self == ContainerOperations() }
}
