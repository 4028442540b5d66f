/// Which service of a compose file waits for which: `depends_on` and `links` of the block form and of flow lists.
package struct ComposeOrder: Sendable, Equatable {
    /// By service; a service that waits for none may be missing.
    package private(set) var dependencies: [String: [String]] = [:]

    package init(_ text: String) {
        var isInServices = false
        var serviceIndentation: Int?
        var service = ""
        var list: (indentation: Int, name: String)?
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            let indentation = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indentation)
            guard let first = rest.first, first != "#" else { continue }
            if indentation == 0 {
                isInServices = rest.hasPrefix("services:")
                (serviceIndentation, list) = (nil, nil)
                continue
            }
            guard isInServices else { continue }
            if indentation <= serviceIndentation ?? indentation {
                serviceIndentation = indentation
                service = Self.name(rest.prefix { $0 != ":" })
                list = nil
                continue
            }
            if let open = list,
                indentation > open.indentation || indentation == open.indentation && first == "-"
            {
                take(rest, of: service, isDeep: indentation)
                continue
            }
            list = nil
            guard rest.hasPrefix("depends_on:") || rest.hasPrefix("links:") else { continue }
            let value = rest.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
            if value.hasPrefix("[") {
                for part in value.dropFirst().prefix(while: { $0 != "]" }).split(separator: ",") {
                    add(part, to: service)
                }
            } else {
                list = (indentation, String(rest.prefix { $0 != ":" }))
                depth = nil
            }
        }
    }

    /// Indentation of the members of the list that is being read.
    private var depth: Int?

    private mutating func take(_ rest: Substring, of service: String, isDeep indentation: Int) {
        if depth == nil { depth = indentation }
        guard indentation == depth else { return }
        if rest.hasPrefix("-") {
            add(rest.dropFirst(), to: service)
        } else {
            add(rest.prefix { $0 != ":" }, to: service)
        }
    }

    private mutating func add(_ text: Substring, to service: String) {
        let name = Self.name(text.prefix { $0 != ":" })
        guard !name.isEmpty, dependencies[service]?.contains(name) != true else { return }
        dependencies[service, default: []].append(name)
    }

    private static func name(_ text: Substring) -> String { text.filter { !" \"'\t".contains($0) } }
}
