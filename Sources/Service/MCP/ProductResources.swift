import Basics
import MCP
import Operations

/// What can be read by address: the same operations as the tools, each under a name that stays.
struct ProductResources: Sendable {
    /// A family of addresses that one operation answers.
    struct Family: Sendable {
        /// The address, with its one blank in braces where it has one.
        let template: String
        let name: String
        let title: String
        let description: String
        /// The operation by its name, and its field that the blank goes into.
        let tool: String
        let field: String?
    }

    static let scheme = "holdfast://"
    static let coverage = scheme + "coverage"

    static let families = [
        Family(
            template: scheme + "audit", name: "audit", title: "Audit",
            description: "The newest audit records.",
            tool: "list_audit", field: nil),
        Family(
            template: scheme + "backups", name: "backups", title: "Backups",
            description: "All backups, newest first.", tool: "list_backups", field: nil),
        Family(
            template: scheme + "backups/{backup}", name: "backup", title: "Backup",
            description: "One backup: sections, gaps, proofs.", tool: "get_backup", field: "backup"),
        Family(
            template: scheme + "backups/{backup}/manifest", name: "manifest", title: "Manifest of a backup",
            description: "The files that a backup holds.", tool: "list_backup_files", field: "backup"),
        Family(
            template: scheme + "devices", name: "devices", title: "Devices",
            description: "The registered machines.", tool: "list_devices", field: nil),
        Family(
            template: scheme + "devices/{device}", name: "device", title: "Device",
            description: "What is registered of one machine.", tool: "get_device", field: "device"),
        Family(
            template: scheme + "host-configs", name: "host-configs", title: "Configuration backups",
            description: "Backups of assistants' configuration, newest first.", tool: "list_host_configs",
            field: nil),
        Family(
            template: scheme + "hosts", name: "hosts", title: "Assistants' programs",
            description: "The programs here, the state of their files, their newest backups.",
            tool: "list_hosts", field: nil),
        Family(
            template: scheme + "hosts/{host}", name: "host", title: "Assistant's program",
            description: "The servers one program is configured with, secrets hidden.",
            tool: "show_host_config", field: "host"),
        Family(
            template: scheme + "plans/{plan}", name: "plan", title: "Plan",
            description: "A saved restore plan: steps, risk, approvals.", tool: "get_restore", field: "id"),
    ]

    let catalogue: ToolCatalogue

    /// The families whose operations this connection has.
    var available: [Family] { Self.families.filter { catalogue[$0.tool] != nil } }

    /// Whether there is an overview of what is covered.
    var hasCoverage: Bool { catalogue["list_devices"] != nil && catalogue["get_backup"] != nil }

    /// The families with a blank.
    var templates: [ResourceTemplate] {
        available.filter { $0.field != nil }.map { family in
            ResourceTemplate(
                uriTemplate: family.template, name: family.name, title: family.title,
                description: family.description, mimeType: "application/json")
        }
    }

    /// The addresses without a blank.
    var fixed: [Resource] {
        var fixed = available.filter { $0.field == nil }.map { family in
            Resource(
                uri: family.template, name: family.name, title: family.title, description: family.description,
                mimeType: "application/json")
        }
        if hasCoverage {
            fixed.append(
                Resource(
                    uri: Self.coverage, name: "coverage", title: "Coverage",
                    description: "For each machine: its newest backup, what is in it, what is not.",
                    mimeType: "application/json"))
        }
        return fixed.sorted { $0.uri < $1.uri }
    }

    /// A resource of a family, for one value of its blank.
    func resource(_ tool: String, _ value: String) -> Resource? {
        guard let family = available.first(where: { $0.tool == tool }) else { return nil }
        return Resource(
            uri: Self.address(family.template, value), name: value, title: "\(family.title) \(value)",
            description: family.description, mimeType: "application/json")
    }

    /// The family and the value of its blank that an address means; nil for any other address.
    func find(_ uri: String) -> (family: Family, value: String?)? {
        for family in available {
            guard family.field != nil else {
                if family.template == uri { return (family, nil) }
                continue
            }
            let parts = family.template.split(separator: "{", maxSplits: 1)
            guard parts.count == 2, let close = parts[1].firstIndex(of: "}") else { continue }
            let head = String(parts[0])
            let tail = String(parts[1][parts[1].index(after: close)...])
            guard uri.hasPrefix(head), uri.hasSuffix(tail), uri.count > head.count + tail.count else {
                continue
            }
            let raw = uri.dropFirst(head.count).dropLast(tail.count)
            if let value = Self.value(String(raw)) { return (family, value) }
        }
        return nil
    }

    /// A blank's value, decoded once; nil for whatever could mean another place.
    static func value(_ raw: String) -> String? {
        guard !raw.contains("/"), let bytes = decoded(Array(raw.utf8)),
            let text = String(validating: bytes, as: UTF8.self), !text.isEmpty, text.utf8.count <= 256
        else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !"/\\%?#".unicodeScalars.contains(scalar)
        }
        return isPlain && text != "." && text != ".." ? text : nil
    }

    private static func decoded(_ bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count,
                    let byte = Hex.bytes(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self))?
                        .first
                else { return nil }
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    static func address(_ template: String, _ value: String) -> String {
        let encoded = value.utf8.map { byte -> String in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain || "-._~:".utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + Hex.string([byte]).uppercased()
        }.joined()
        guard let open = template.firstIndex(of: "{"), let close = template.firstIndex(of: "}") else {
            return template
        }
        return template[..<open] + encoded + template[template.index(after: close)...]
    }
}
