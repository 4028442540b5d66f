/// How the device keeps its logs: journal, syslog daemons, rotation, audit rules.
///
/// The logs themselves are no configuration and are not part of a backup.
/// - SeeAlso: journald.conf(5), rsyslog.conf(5), logrotate(8)
package enum LoggingCollector: Collector {
    package static let name = "logging"
    package static let summary =
        "Configuration of the journal, of syslog daemons, of log rotation and audit rules."
    package static let files = FileSet([
        "/etc/systemd/journald.conf", "/etc/systemd/journald.conf.d", "/etc/systemd/journal-remote.conf",
        "/etc/systemd/journal-upload.conf", "/etc/rsyslog.conf", "/etc/rsyslog.d", "/etc/syslog-ng",
        "/etc/syslog.conf",
        "/etc/logrotate.conf", "/etc/logrotate.d", "/etc/audit", "/etc/vector", "/etc/promtail", "/etc/alloy",
        "/etc/fluent-bit", "/etc/filebeat",
    ])
}
