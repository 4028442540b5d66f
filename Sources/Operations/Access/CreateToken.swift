import Basics
import RemoteExecution
import Storage

/// Makes a token for a caller from outside.
package struct CreateToken: ServiceOperation {
    /// The levels a token can have.
    package enum Level: String, Codable, Sendable, CaseIterable, FieldValue {
        case read
        case propose
        case write
        case destroy
    }

    package struct Input: OperationInput {
        @Field("A name for the token: letters, digits, ‘.’, ‘_’, ‘-’.", .operand) var name: String
        @Field("What it may do at most.", placeholder: "LEVEL") var level = Level.read
        @Field("A toolset it is shown, instead of the usual ones; repeatable.", placeholder: "TOOLSET")
        var toolset: [String] = []
        @Field("The only device it may see and touch; repeatable.") var device: [DeviceName] = []
        @Field("How many days it counts.", placeholder: "DAYS") var days = 90
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        // Not under the word ‘token’, as what stands there is hidden.
        package let grant: TokenView
        /// The secret, shown this once.
        package let showOnce: String

        package static let membersInClear: Set = ["showOnce"]

        package var display: [DisplayBlock] {
            [
                .heading("Token ‘\(grant.name)’: copy it now, it is shown only this once"),
                .lines([Cell(showOnce, isOwn: true)]),
                .record([
                    ("id", Cell(grant.id)), ("level", Cell(grant.level)),
                    ("devices", Cell(grant.devices.isEmpty ? "all" : grant.devices.joined(separator: ", "))),
                    ("expires", Cell(grant.expires.description)),
                ]),
            ]
        }
    }

    package static let contract = Contract(
        resource: "token", verb: .create, summary: "Make a token for programs and assistants",
        discussion: """
            Whoever shows it may call as far as it says, until it expires or is revoked. Only a keyed hash of it is kept: \
            it cannot be shown again. Only on the command line, and only for whoever may do everything.
            """,
        effect: .writes, errors: [.deviceUnknown, .keyMissing, .levelTooLow, .notInitialised, .tokenExists],
        examples: [
            Contract.Example("holdfast token create laptop", "a token that may look at everything"),
            Contract.Example(
                "holdfast token create nas-bot --level write --device nas1 --days 30",
                "one that may back up nas1 for a month"),
        ])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        try context.checkMayManageTokens()
        let name = input.name.utf8
        guard (1...64).contains(name.count), name.allSatisfy(Self.isNameByte) else {
            throw OperationError(
                .argumentInvalid, "A token cannot be called ‘\(input.name)’",
                hint: "Use 1 to 64 letters, digits, ‘.’, ‘_’ and ‘-’.")
        }
        guard (1...3650).contains(input.days) else {
            throw OperationError(.argumentInvalid, "--days takes a number from 1 to 3650")
        }
        if let unknown = input.toolset.first(where: { Toolset(rawValue: $0) == nil }) {
            throw OperationError(
                .argumentInvalid, "There is no toolset ‘\(TerminalText.escape(unknown))’",
                hint: "Toolsets: \(Toolset.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        for device in input.device { _ = try await context.device(device) }
        let secret = TokenSecret.make()
        let now = context.clock.now()
        let record = TokenRecord(
            id: Hex.string((0..<6).map { _ in UInt8.random(in: .min ... .max) }), name: input.name,
            digest: TokenSecret.digest(secret, try await context.services.tokenHash()),
            level: input.level.rawValue, toolsets: input.toolset, devices: input.device.map(\.text).sorted(),
            created: now, who: context.caller.actor, expires: now + .seconds(input.days * 86_400))
        let store = try await context.services.tokens()
        do { try await store.add(record) } catch {
            guard error.code == .conflict else { throw OperationError(error) }
            throw OperationError(
                .tokenExists, "There is already a token called ‘\(input.name)’",
                hint: "Choose another name, or revoke it: holdfast token revoke \(input.name.shellWord)")
        }
        return Output(grant: TokenView(record, now: now), showOnce: secret)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension OperationContext {
    /// Rights are given and taken by people at the command line, never by those who got some.
    func checkMayManageTokens() throws(OperationError) {
        guard caller.surface == "cli", caller.level == .destroy else {
            throw OperationError(
                .levelTooLow,
                "Tokens are made and revoked on the command line only, by whoever may do everything")
        }
    }
}
