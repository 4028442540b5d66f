import Basics
import Operations

/// Operations that show every feature of a contract; what they do is echo.
let sampleOperations = [
    AnyOperation(CreateGadget.self), AnyOperation(ListGadgets.self), AnyOperation(ShowGadget.self),
    AnyOperation(TrustGadget.self), AnyOperation(WatchGadget.self), AnyOperation(Tidy.self),
]

enum Colour: String, CaseIterable, Codable, FieldValue {
    case red
    case green
    case ultramarine
}

/// What a sample was called with.
struct Echo: Codable, Sendable, Displayable {
    var text: [String: String] = [:]
    var blocks: [DisplayBlock] = []
    var isComplete = true

    private enum CodingKeys: CodingKey { case text }

    var display: [DisplayBlock] {
        blocks.isEmpty
            ? [.record(text.sorted { $0.key < $1.key }.map { ($0.key, Cell($0.value)) })] : blocks
    }
}

struct CreateGadget: ServiceOperation {
    struct Input: OperationInput {
        @Field("The gadgets to make.", .operand, placeholder: "GADGET") var gadgets: [String]
        @Field("Take everything.") var all = false
        @Field("Look at the result afterwards.") var check = true
        @Field("The colour.", short: "c") var colour = Colour.red
        @Field("How many of each.", placeholder: "N", short: "n") var count = 3
        @Field("A label for people.", placeholder: "TEXT") var name: String?
        @Field("A folder to use.", .option, placeholder: "DIR") var path: [String] = []
        @Field("Only these parts, by name.") var onlyParts: [Colour] = []
        init() {}
    }

    static let contract = Contract(
        resource: "gadget", verb: .create, summary: "Make one or more gadgets",
        discussion: """
            Makes each gadget after the other and looks at it afterwards, unless told not to.

            A gadget that exists is left alone.
            """,
        effect: .writes, errors: [.deviceExists, .diskFull],
        examples: [
            .init("holdfast gadget create a b --count 2", "make two of each"),
            .init("holdfast gadget create --colour=green -- -odd-name", "a name that begins with a dash"),
        ])

    func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Echo {
        Echo(text: [
            "all": "\(input.all)", "check": "\(input.check)", "colour": input.colour.rawValue,
            "count": "\(input.count)", "gadgets": input.gadgets.joined(separator: ","),
            "name": input.name ?? "–", "only": input.onlyParts.map(\.rawValue).joined(separator: ","),
            "path": input.path.joined(separator: ","),
        ])
    }
}

struct ListGadgets: ServiceOperation {
    struct Item: Codable, Sendable { let name: String }

    struct Output: Codable, Sendable, Displayable {
        let gadgets: [Item]

        var display: [DisplayBlock] {
            let rows = gadgets.map { [Cell($0.name), Cell("7"), Cell("fine", .good)] }
            return [
                .table(
                    columns: ["NAME", Column("SIZE", isNumeric: true), "STATE"], rows: rows, empty: "None.")
            ]
        }
    }

    static let contract = Contract(
        resource: "gadget", verb: .list, summary: "List the gadgets", effect: .reads)

    func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        Output(gadgets: ["alpha", "beta", "$(touch pwned)", "we\u{1B}[31mird"].map { Item(name: $0) })
    }
}

struct ShowGadget: ServiceOperation {
    struct Input: OperationInput {
        @Field("The gadget.", .operand, placeholder: "GADGET") var gadget: GadgetName
        @Field("What to show.") var form = "text"
        init() {}
    }

    static let contract = Contract(resource: "gadget", verb: .get, summary: "Show a gadget", effect: .reads)

    func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Echo {
        switch input.form {
        case "partial":
            Echo(blocks: [.heading("Parts"), .lines([Cell("one failed", .bad)])], isComplete: false)
        case "binary": Echo(blocks: [.bytes([0x00, 0xFF, 0x1B])])
        case "lines": Echo(blocks: [.bytes(Array("two\nlines\n".utf8))])
        case "missing":
            throw OperationError(.deviceUnknown, "No gadget is called ‘x’", hint: "See: holdfast gadget list")
        default: Echo(text: ["gadget": input.gadget.text])
        }
    }
}

/// A text whose names `gadget list` knows.
struct GadgetName: FieldValue {
    static var kind: FieldKind { .text(format: "gadget") }
    let text: String

    init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

struct TrustGadget: ServiceOperation {
    struct Input: OperationInput {
        @Field("The fingerprint that is right.") var acceptFingerprint: String?
        @Field("Yes, really.") var yes = false
        init() {}
    }

    static let contract = Contract(
        resource: "gadget", verb: .custom("trust"), summary: "Trust a gadget", effect: .reads)

    func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Echo {
        guard let print = input.acceptFingerprint else {
            throw OperationError(
                .hostKeyUnconfirmed, "The gadget shows the key SHA256:ab+/=",
                confirmation: .init(
                    question: "Is it right?", field: "accept_fingerprint", value: "SHA256:ab+/="))
        }
        guard input.yes else {
            throw OperationError(
                .hostKeyUnconfirmed, "It is old",
                confirmation: .init(question: "Still?", field: "yes", value: "true"))
        }
        return Echo(text: ["trusted": print])
    }
}

/// Reports its progress, then waits until it is cancelled.
struct WatchGadget: ServiceOperation {
    struct Input: OperationInput {
        @Field("Wait for ever.") var forever = false
        init() {}
    }

    static let contract = Contract(
        resource: "gadget", verb: .custom("watch"), summary: "Watch gadgets", effect: .reads)

    func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Echo {
        context.progress.report(
            ProgressUpdate(
                phase: "watching", done: 1, total: 2, unit: "gadgets",
                event: "alpha: seen\u{7} password=hunter2"))
        while input.forever {
            do { try await Task.sleep(for: .seconds(60)) } catch {
                throw OperationError(.cancelled, "Interrupted while watching")
            }
        }
        return Echo(text: ["seen": "1"])
    }
}

struct Tidy: ServiceOperation {
    static let contract = Contract(
        resource: "gadget", verb: .custom("tidy"), summary: "Throw all gadgets away", effect: .destroys,
        command: ["tidy"])

    func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Echo {
        throw OperationError(.internalFailure, "This cannot happen")
    }
}
