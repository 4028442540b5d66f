import Basics

/// Judges whether the volumes of a backup hold what they should.
package struct VolumeAudit: Sendable {
    /// A volume as the backup has it.
    package struct Volume: Sendable {
        package let name: String
        /// Whether it is a folder of the machine that containers look into, and `name` its path.
        package let isBind: Bool
        /// Files, links and pipes of the volume in the backup; nil when not even its folder is there.
        package let files: Int?
        /// Which containers use it, and at which of their paths.
        package let uses: [Use]
        /// The newest earlier backup that had files in it.
        package let earlier: Earlier?

        package init(
            name: String, isBind: Bool = false, files: Int?, uses: [Use], earlier: Earlier? = nil
        ) {
            self.name = name
            self.isBind = isBind
            self.files = files
            self.uses = uses
            self.earlier = earlier
        }
    }

    /// Where a container has a volume.
    package struct Use: Sendable, Equatable {
        package let container: String
        package let destination: String

        package init(container: String, destination: String) {
            self.container = container
            self.destination = destination
        }
    }

    /// What an earlier backup held.
    package struct Earlier: Sendable, Equatable {
        package let backup: String
        package let files: Int

        package init(backup: String, files: Int) {
            self.backup = backup
            self.files = files
        }
    }

    /// Folders in which database programs keep everything they have: empty, they are lost.
    private static let databaseFolders = [
        "/var/lib/postgresql", "/var/lib/mysql", "/var/lib/mariadb", "/data/db", "/var/lib/mongodb",
        "/bitnami", "/var/lib/influxdb", "/var/lib/clickhouse", "/var/lib/neo4j", "/var/lib/ldap",
        "/var/lib/rabbitmq", "/var/lib/couchdb", "/opt/couchdb/data", "/usr/share/elasticsearch/data",
    ]

    package init() {}

    /// The check of one volume.
    package func check(_ volume: Volume) -> DrillCheck {
        let name = "\(volume.isBind ? "bind mount" : "volume") \(volume.name)"
        guard let files = volume.files else {
            return DrillCheck(name, .failed, "the backup lists it and holds nothing of it")
        }
        guard files == 0 else { return DrillCheck(name, .ok, "\(files.counted("file")) restored") }
        if let earlier = volume.earlier {
            return DrillCheck(
                name, .failed,
                "it is empty, and held \(earlier.files.counted("file")) in backup \(earlier.backup)")
        }
        if let use = volume.uses.first(where: { Self.isDatabase($0.destination) }) {
            return DrillCheck(
                name, .failed, "it is empty, and \(use.container) keeps a database there (\(use.destination))"
            )
        }
        let users = volume.uses.map(\.container).sorted().joined(separator: ", ")
        return DrillCheck(
            name, .notChecked,
            "it is empty\(users.isEmpty ? "" : " (used by \(users))"), and no earlier backup held files in it"
        )
    }

    private static func isDatabase(_ destination: String) -> Bool {
        databaseFolders.contains { destination == $0 || destination.hasPrefix($0 + "/") }
    }
}
