import HTTPTransport
import JOSE
import Operations
import SQLiteStore
import SSHClient
import YAML

/// The libraries that the program loads when they are first needed.
/// - SeeAlso: docs/adr/0015
enum LateLibraries {
    /// All of them, each tried out.
    @Sendable static func all() -> [LateLibrary] {
        [
            LateLibrary(
                "libssh", purpose: "connects to devices", package: "libssh-4 libssl3", lack: SSHLibraries.lack
            ),
            LateLibrary(
                "SQLite", purpose: "keeps the database", package: "libsqlite3-0", lack: StoreLibraries.lack),
            LateLibrary("libyaml", purpose: "reads YAML", package: "libyaml-0-2", lack: YAMLLibrary.lack),
            LateLibrary(
                "libcrypto", purpose: "checks signatures", package: "libssl3", lack: JOSELibrary.lack),
            LateLibrary(
                "libevent", purpose: "serves over HTTP", package: "libevent-core-2.1-7",
                lack: TransportLibraries.lackOfEvents),
            LateLibrary(
                "libevent’s part for OpenSSL", purpose: "serves over TLS",
                package: "libevent-openssl-2.1-7 libssl3", lack: TransportLibraries.lackOfTLS),
        ]
    }
}
