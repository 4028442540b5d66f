import Basics
import Operations

/// What a tool gives back: the operation's output, paged, shortened and with what may be called next.
struct Answer {
    /// The members that this surface adds to the output.
    enum Member {
        static let cursor = "nextCursor"
        /// A member of the output that becomes a part of the notes.
        static let warnings = "warnings"
        static let next = "nextCalls"
        static let notes = "notes"
    }

    /// The tool that follows a job to its end.
    static let follower = "get_job"
    /// The tool that ends a job before its time.
    static let ender = "cancel_job"
    /// The most bytes of JSON that an answer has: about ten thousand tokens.
    static let limit = 32_768

    let tool: OperationTool
    let page: PageRequest
    let result: OperationResult
    /// The tools that may be called here, by name.
    let known: [String: OperationTool]

    /// The answer as data.
    func json(_ arguments: [String: JSONValue]) throws(OperationError) -> JSONValue {
        let output = TerminalText.escapeTree(result.json)
        var members = output.object ?? ["result": output]
        var notes = members.removeValue(forKey: Member.warnings)?.array?.compactMap(\.string) ?? []
        if !result.isComplete {
            notes.append(
                tool.list == nil ? "Not all of it went well." : "A part of it failed; the entries say which.")
        }
        let calls = nextCalls(members, arguments)
        if !calls.isEmpty { members[Member.next] = .array(calls) }
        if let list = tool.list, let all = members[list]?.array {
            var cut = try page.cut(all, of: tool.source(members, arguments), key: tool.key)
            if page.isConcise { cut.elements = cut.elements.map { concise($0) } }
            members[list] = .array(cut.elements)
            members[Member.cursor] = cut.next
            fit(&members, list, &cut, &notes)
            if tool.guidance.isOnePage, members.removeValue(forKey: Member.cursor) != nil {
                notes.append("The first \(cut.elements.count) of \(all.count): \(tool.guidance.rest ?? "")")
            }
            if let more = members["more"]?.int {
                members["more"] = .int(more + Int64(all.count - cut.start - cut.elements.count))
            }
        }
        if !Self.fits(members) {
            members = Shortener(limit: Self.limit - 512).shorten(.object(members)).object ?? [:]
            let calls = readOn(&members, arguments).map { [$0] } ?? []
            if !calls.isEmpty { members[Member.next] = .array(calls) }
            notes.append(
                "Shortened to fit: \(tool.guidance.rest ?? "ask for less, with the filters of this tool.")")
        }
        if !notes.isEmpty { members[Member.notes] = .array(notes.map { .string($0) }) }
        return .object(members)
    }

    private static func fits(_ members: [String: JSONValue]) -> Bool {
        JSONWriter.fits(.object(members), in: limit)
    }

    /// Ends a text that was cut with a whole line; the call that reads on behind it, where the tool can.
    private func readOn(
        _ members: inout [String: JSONValue], _ given: [String: JSONValue]
    ) -> JSONValue? {
        guard tool.fields.contains(where: { $0.name == "from_line" }), let text = members["text"]?.string,
            let end = text.utf8.lastIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let whole = text[...end]
        members["text"] = .string(String(whole))
        let lines = whole.utf8.count { $0 == UInt8(ascii: "\n") }
        var arguments = given
        arguments["from_line"] = .int((given["from_line"]?.int ?? 1) + Int64(lines))
        if let wanted = given["lines"]?.int, wanted > 0 { arguments["lines"] = .int(wanted - Int64(lines)) }
        return ["tool": .string(tool.name), "arguments": .object(arguments)]
    }

    /// Gives fewer entries until they fit.
    private func fit(
        _ members: inout [String: JSONValue], _ list: String, _ cut: inout PageRequest.Cut,
        _ notes: inout [String]
    ) {
        var isCut = false
        while !Self.fits(members), cut.elements.count > 1 {
            isCut = true
            cut = page.shortened(cut, to: cut.elements.count / 2, key: tool.key)
            members[list] = .array(cut.elements)
            members[Member.cursor] = cut.next
        }
        if isCut, !tool.guidance.isOnePage {
            notes.append(
                "Only \(cut.elements.count) entries fit into one answer: narrow the call, or go on with ‘cursor’."
            )
        }
    }

    /// The entry without what is not essential, or empty.
    private func concise(_ element: JSONValue) -> JSONValue {
        let essentials = tool.guidance.essentials
        guard !essentials.isEmpty, let members = element.object else { return element }
        return .object(members.filter { essentials.contains($0.key) })
    }

    /// Calls that make sense now, each with all its arguments.
    private func nextCalls(
        _ members: [String: JSONValue], _ given: [String: JSONValue]
    ) -> [JSONValue] {
        (tool.isJob ? [Guidance.Next(Self.follower, ["job": "job"])] : tool.guidance.next).compactMap {
            next in
            guard let target = known[next.name],
                next.needs.map({ members[$0]?.array?.isEmpty == false }) ?? true,
                next.forbids.map({ members[$0]?.array?.isEmpty != false }) ?? true,
                next.condition.map({ Self.value(at: $0.place, in: .object(members)) == .string($0.value) })
                    ?? true
            else { return nil }
            var arguments: [String: JSONValue] = [:]
            for (name, place) in next.arguments {
                if place == "=true" {
                    arguments[name] = true
                } else if let value = place.hasPrefix("$")
                    ? given[String(place.dropFirst())] : Self.value(at: place, in: .object(members))
                {
                    arguments[name] = target.takesList(name) ? [value] : value
                } else {
                    return nil
                }
            }
            return ["tool": .string(next.name), "arguments": .object(arguments)]
        }
    }

    static func value(at place: String, in json: JSONValue) -> JSONValue? {
        var json = json
        for part in place.split(separator: ".") {
            guard let inner = Int(part).flatMap({ json[$0] }) ?? json[String(part)] else { return nil }
            json = inner
        }
        return json
    }
}
