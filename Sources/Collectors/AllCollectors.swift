/// Every collector, sorted by name.
///
/// A new collector is a file and a line here.
package let allCollectors: [any Collector.Type] = [
    ApacheCollector.self,
    CaddyCollector.self,
    ComposeCollector.self,
    DockerContainersCollector.self,
    DockerDaemonCollector.self,
    DockerImagesCollector.self,
    DockerNetworksCollector.self,
    DockerVolumesCollector.self,
    Fail2banCollector.self,
    FirewallCollector.self,
    HAProxyCollector.self,
    IncusCollector.self,
    LetsEncryptCollector.self,
    ListeningPortsCollector.self,
    LXDCollector.self,
    NetworkConfigCollector.self,
    NetworkStateCollector.self,
    NginxCollector.self,
    PodmanCollector.self,
    SSHDCollector.self,
    TraefikCollector.self,
    UnattendedUpgradesCollector.self,
]
