/// Every collector, sorted by name.
///
/// A new collector is a file and a line here.
package let allCollectors: [any Collector.Type] = [
    DockerContainersCollector.self,
    DockerImagesCollector.self,
    DockerNetworksCollector.self,
    DockerVolumesCollector.self,
]
