import Basics

/// Certificates of certbot, acme.sh and lego: names, issuers, ends of validity, and all of their files.
///
/// Known to work with certbot 1 and 2, OpenSSL 1.1.1 to 3. Each field is a line of `openssl x509`.
/// - SeeAlso: openssl-x509(1)
package enum LetsEncryptCollector: Collector {
    package static let name = "letsencrypt"
    package static let summary =
        "Certificates of ACME clients: names, issuers, validity, keys, accounts, renewal."

    package static let probes = [
        Probe(
            "certificates", tool: "openssl", timeLimit: 30,
            rootCommand: "/usr/bin/find /etc/letsencrypt/live *",
            script: """
                [ -d /etc/letsencrypt/live ] || { echo 'there are no certificates of certbot' >&2; exit 127; }
                hf_root find /etc/letsencrypt/live -name cert.pem -print \\
                -exec openssl x509 -noout -subject -issuer -serial -enddate -ext subjectAltName -in {} \\;
                """)
    ]

    package static let files = FileSet(
        [
            "/etc/letsencrypt", "/root/.acme.sh", "/home/*/.acme.sh", "/etc/lego", "/var/lib/lego",
            "/etc/dehydrated",
            "/var/lib/dehydrated",
        ],
        excludes: ["/root/.acme.sh/*.log", "/home/*/.acme.sh/*.log"])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items: [InventoryItem] = []
        var fields: [String: JSONValue] = [:]
        var name: String?
        func finish() {
            if let name { items.append(InventoryItem("certificate", name, fields)) }
            fields = [:]
        }
        for line in captures.lines("certificates") {
            let text = line.drop { $0 == " " }
            if line.hasPrefix("/"), line.hasSuffix("/cert.pem") {
                finish()
                name = line.split(separator: "/").dropLast().last.map(String.init)
            } else if text.hasPrefix("DNS:") || text.hasPrefix("IP Address:") {
                let names = text.split(separator: ",").map { $0.drop { $0 == " " } }
                fields["names"] = .array(names.map(String.init).sorted().map { .string($0) })
            } else if let equals = line.firstIndex(of: "=") {
                fields[keys[String(line[..<equals])] ?? ""] = .string(
                    String(line[line.index(after: equals)...].drop { $0 == " " }))
            }
            fields[""] = nil
        }
        finish()
        return Inventory(items)
    }

    private static let keys = [
        "subject": "subject", "issuer": "issuer", "serial": "serial", "notAfter": "validUntil",
    ]
}
