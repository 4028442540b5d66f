package import Basics
import CYAML

/// Reads a text of YAML into a tree of values, with libyaml.
///
/// It knows no program and changes nothing. One document is read; a name given twice in a table, which readers refuse,
/// is an error. Plain words that are numbers, truth values or null are such, all others are texts.
/// - SeeAlso: YAML 1.1, and 1.2's core schema for plain words
package struct YAMLReader {
    /// How deep lists and tables may lie inside one another.
    private static let depthLimit = 200
    /// How many values a text may mean, those that aliases repeat counted each time.
    private static let countLimit = 1_000_000

    /// A value, and how many are in it.
    private struct Node {
        var value: JSONValue
        var count = 1
    }

    private let parser: ParserHandle
    private var anchors: [String: Node] = [:]
    private var event = ParserHandle.Event.streamEnd
    private var depth = 0
    private var count = 0
    /// Those that were read, with characters for bytes.
    private var scalars: [YAMLScalar] = []

    /// The tree of a text, null for one without any value, and what it is made of.
    package static func read(_ bytes: [UInt8]) throws(YAMLError) -> (tree: JSONValue, scalars: [YAMLScalar]) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw YAMLError(reason: "it is no UTF-8", line: nil)
        }
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let text = Array(bytes.dropFirst(mark))
        var reader = YAMLReader(parser: try ParserHandle(text))
        let tree = try reader.document()
        // Where each character begins: not those bytes that go on with one.
        var starts = text.indices.filter { text[$0] & 0xC0 != 0x80 }
        starts.append(text.count)
        let scalars = reader.scalars.map { scalar in
            func place(_ index: Int) -> Int { mark + (index < starts.count ? starts[index] : text.count) }
            return YAMLScalar(
                range: place(scalar.range.lowerBound)..<place(scalar.range.upperBound), text: scalar.text,
                isName: scalar.isName, isText: scalar.isText)
        }
        return (tree, scalars)
    }

    private init(parser: ParserHandle) { self.parser = parser }

    private mutating func next() throws(YAMLError) { event = try parser.next() }

    private func error(_ reason: String) -> YAMLError { YAMLError(reason: reason, line: parser.line) }

    private mutating func document() throws(YAMLError) -> JSONValue {
        try next()
        if event == .streamStart { try next() }
        guard event == .documentStart else { return .null }
        try next()
        let root = try node()
        guard event == .documentEnd else { throw error("there is more text after the value") }
        try next()
        guard event == .streamEnd else { throw error("there are several documents") }
        return root.value
    }

    /// The value that the present event begins; the one behind it is the present one then.
    private mutating func node(isName: Bool = false) throws(YAMLError) -> Node {
        let node: Node
        let anchor: String?
        switch event {
        case .alias(let name):
            guard let known = anchors[name] else { throw error("an alias names no anchor before it") }
            (node, anchor) = (known, nil)
            count += known.count
            try next()
        case .scalar(let text, let isPlain, let name):
            (node, anchor) = (Node(value: isPlain ? Self.plain(text) : .string(text)), name)
            scalars.append(
                YAMLScalar(
                    range: parser.characters, text: node.value.string ?? JSONWriter.text(node.value),
                    isName: isName, isText: node.value.string != nil))
            count += 1
            try next()
        case .listStart(let name):
            anchor = name
            node = try list()
        case .tableStart(let name):
            anchor = name
            node = try table()
        default: throw error("expected a value")
        }
        guard count <= Self.countLimit else { throw error("it means more values than are read here") }
        if let anchor { anchors[anchor] = node }
        return node
    }

    private mutating func enter() throws(YAMLError) {
        guard depth < Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit) levels") }
        depth += 1
        count += 1
        try next()
    }

    private mutating func list() throws(YAMLError) -> Node {
        try enter()
        var (elements, size): ([JSONValue], Int) = ([], 1)
        while event != .listEnd {
            let element = try node()
            elements.append(element.value)
            size += element.count
        }
        depth -= 1
        try next()
        return Node(value: .array(elements), count: size)
    }

    private mutating func table() throws(YAMLError) -> Node {
        try enter()
        var (members, size): ([String: JSONValue], Int) = ([:], 1)
        while event != .tableEnd {
            let name: String
            guard case .scalar(let text, _, _) = event else { throw error("a name that is no text") }
            name = text
            guard members[name] == nil else { throw error("‘\(name)’ is there twice") }
            // Through `node`, so that a name may have an anchor.
            let key = try node(isName: true)
            let value = try node()
            members[name] = value.value
            size += key.count + value.count
        }
        depth -= 1
        try next()
        return Node(value: .object(members), count: size)
    }

    /// What a word without quotes means.
    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else {
                return .string(text)
            }
            if let number = Int64(text) { return .int(number) }
            return Double(text).flatMap { $0.isFinite ? .double($0) : nil } ?? .string(text)
        }
    }
}
