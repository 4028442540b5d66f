/// Every collector, sorted by name.
///
/// A new collector is a file and a line here.
package let allCollectors: [any Collector.Type] = [
    CronCollector.self,
    FilesystemsCollector.self,
    HardwareCollector.self,
    IdentityCollector.self,
    KernelCollector.self,
    LocalConfigurationCollector.self,
    LoggingCollector.self,
    OpenRCCollector.self,
    PackagesAPKCollector.self,
    PackagesDpkgCollector.self,
    PackagesFlatpakCollector.self,
    PackagesPacmanCollector.self,
    PackagesRPMCollector.self,
    PackagesSnapCollector.self,
    SSHKeysCollector.self,
    SudoersCollector.self,
    SystemdUnitsCollector.self,
    TimeLocaleCollector.self,
    UsersCollector.self,
    VolumesCollector.self,
    ZFSCollector.self,
]
