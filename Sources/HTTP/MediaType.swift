/// The kind of a body: `text/event-stream`, `application/json; charset=utf-8`.
///
/// - SeeAlso: RFC 9110, sections 8.3 and 12.5.1
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// Before the slash, lower case.
    public let type: String
    /// Behind the slash, lower case.
    public let subtype: String

    /// `application/json`.
    public static let json = MediaType("application", "json")
    /// `text/event-stream`.
    public static let events = MediaType("text", "event-stream")
    /// `application/problem+json`.
    public static let problem = MediaType("application", "problem+json")

    private init(_ type: String, _ subtype: String) {
        self.type = type
        self.subtype = subtype
    }

    /// The kind that the value of a field names, its parameters left out; nil when it names none.
    public init?(_ value: some StringProtocol) {
        guard value != "application/json" else {
            self = .json
            return
        }
        let name = value.prefix { $0 != ";" }.trimmed.lowercased()
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(HTTPHeadParser.isTokenByte) })
        else { return nil }
        self.init(String(parts[0]), String(parts[1]))
    }

    /// `type/subtype`.
    public var description: String { "\(type)/\(subtype)" }
}

/// What a client takes, as its `Accept` fields say.
public struct AcceptedMedia: Sendable, Equatable {
    /// One member of the list.
    private struct Range: Sendable, Equatable {
        let media: MediaType
        /// 0…1000 thousandths.
        let weight: Int

        /// How exactly it names `wanted`: 0 for not at all, 3 for exactly.
        func precision(for wanted: MediaType) -> Int {
            if media == wanted { return 3 }
            if media.type == wanted.type, media.subtype == "*" { return 2 }
            return media.type == "*" && media.subtype == "*" ? 1 : 0
        }
    }

    /// What clients of event streams and documents usually say, understood already.
    private static let usual = "application/json, text/event-stream"
    private static let usualRanges = [
        Range(media: .json, weight: 1000), Range(media: .events, weight: 1000),
    ]

    /// Nil where the client did not say: then it takes everything.
    private let ranges: [Range]?

    /// Reads the fields of a request; members that cannot be understood are left out.
    public init(_ fields: HTTPFields) {
        let values = fields.values(of: "accept")
        guard !values.isEmpty else {
            ranges = nil
            return
        }
        guard values != [Self.usual] else {
            ranges = Self.usualRanges
            return
        }
        ranges = fields.members(of: "accept").prefix(64).compactMap { member in
            guard let media = MediaType(member) else { return nil }
            return Range(media: media, weight: Self.weight(in: member))
        }
    }

    /// Whether the client takes that kind.
    public func allows(_ media: MediaType) -> Bool { weight(of: media) > 0 }

    /// How much the client wants that kind, in thousandths; 0 for not at all.
    public func weight(of media: MediaType) -> Int {
        guard let ranges else { return 1000 }
        let best = ranges.map { ($0.precision(for: media), $0.weight) }.filter { $0.0 > 0 }.max {
            $0.0 < $1.0
        }
        return best?.1 ?? 0
    }

    private static func weight(in member: String) -> Int {
        for parameter in member.split(separator: ";").dropFirst() {
            let text = parameter.trimmed.lowercased()
            guard text.hasPrefix("q=") else { continue }
            // What is no number, such as `nan`, which reads as one, lies between no two of them.
            let weight = Double(text.dropFirst(2)).flatMap { $0.isNaN ? nil : min(max($0, 0), 1) }
            return Int((weight ?? 0) * 1000)
        }
        return 1000
    }
}
