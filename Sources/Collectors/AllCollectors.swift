/// Every collector, sorted by name.
///
/// A new collector is a file and a line here.
package let allCollectors: [any Collector.Type] = [
    ComposeCollector.self,
    DockerContainersCollector.self,
    DockerDaemonCollector.self,
    DockerImagesCollector.self,
    DockerNetworksCollector.self,
    DockerVolumesCollector.self,
    IncusCollector.self,
    ListeningPortsCollector.self,
    LXDCollector.self,
    NetworkConfigCollector.self,
    NetworkStateCollector.self,
    PodmanCollector.self,
]
