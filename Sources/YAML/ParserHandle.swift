import CYAML

/// The parser of libyaml over a text, and the events it tells.
@safe final class ParserHandle {
    /// One event; those that begin a value have its anchor.
    enum Event: Equatable {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, isPlain: Bool, anchor: String?)
        case listStart(anchor: String?)
        case listEnd
        case tableStart(anchor: String?)
        case tableEnd
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The parser reads it as it goes.
    private let text: UnsafeMutableBufferPointer<UInt8>
    /// Where the newest event ended, counted from 1.
    private(set) var line = 1
    /// The characters of the newest event, counted from 0.
    private(set) var characters = 0..<0

    init(_ bytes: [UInt8]) throws(YAMLError) {
        unsafe parser = .allocate(capacity: 1)
        unsafe text = .allocate(capacity: max(bytes.count, 1))
        _ = unsafe text.initialize(from: bytes)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(reason: "there is no memory to read it", line: nil)
        }
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    func next() throws(YAMLError) -> Event {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else {
            let reason = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
            throw YAMLError(
                reason: reason ?? "it is no YAML", line: unsafe Int(parser.pointee.problem_mark.line) + 1)
        }
        defer { unsafe yaml_event_delete(&event) }
        line = unsafe Int(event.end_mark.line) + 1
        let start = unsafe Int(event.start_mark.index)
        characters = start..<max(start, unsafe Int(event.end_mark.index))
        return unsafe Self.event(event)
    }

    private static func event(_ event: yaml_event_t) -> Event {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(unsafe name(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return unsafe .scalar(
                String(decoding: bytes, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil,
                anchor: name(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            return unsafe .listStart(anchor: name(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .listEnd
        case YAML_MAPPING_START_EVENT:
            return unsafe .tableStart(anchor: name(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .tableEnd
        default: return .streamEnd
        }
    }

    private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }
}
