package import Basics
import Storage

/// A field of an operation with the name it has on every surface.
package struct OperationField: Sendable {
    /// The name in JSON: words joined by `_`.
    ///
    /// The command line writes `-` instead.
    package let name: String
    /// The name of the Swift property.
    let property: String
    package let description: FieldDescription
    /// The default as JSON; nil when the field must be given.
    package let defaultValue: JSONValue?
}

/// What an operation gave back.
package struct OperationResult: Sendable {
    /// The output as JSON, secrets hidden.
    package let json: JSONValue
    /// The output for people, secrets hidden.
    package let display: [DisplayBlock]
    /// False when a part of what was asked failed; the output names it.
    package let isComplete: Bool
}

/// An operation with its types erased: what surfaces see.
package struct AnyOperation: Sendable {
    package let contract: Contract
    package let fields: [OperationField]
    private let body: @Sendable (JSONValue, OperationContext) async throws(OperationError) -> OperationResult

    package init<Base: ServiceOperation>(_ type: Base.Type) {
        contract = Base.contract
        fields = Self.fieldTable(of: Base.Input())
        body = {
            (arguments: JSONValue, context: OperationContext) async throws(OperationError) -> OperationResult
            in
            let input: Base.Input
            do { input = try JSONValueDecoder().decode(Base.Input.self, from: arguments) } catch {
                throw OperationError(.argumentInvalid, "An argument has the wrong form: \(error)")
            }
            let output = try await Base().run(input, in: context)
            return try Self.result(of: output, redactor: context.services.redactor)
        }
    }

    /// Runs the operation with arguments by field name.
    ///
    /// Checks the caller's level and the arguments, records intent and outcome of whatever changes something, and hides
    /// secrets in what comes back, errors included.
    package func call(
        _ arguments: [String: JSONValue], in context: OperationContext
    ) async throws(OperationError) -> OperationResult {
        guard context.caller.level.allows(contract.effect) else {
            throw OperationError(
                .levelTooLow,
                "‘\(contract.command.joined(separator: " "))’ \(contract.effect.rawValue), which this caller may not"
            )
        }
        let merged = try merge(arguments)
        do {
            guard contract.effect != .reads else { return try await body(merged, context) }
            return try await audited(arguments, merged, context)
        } catch { throw error.redacted(by: context.services.redactor) }
    }

    /// Puts `arguments` over the defaults, under the names of the Swift properties.
    private func merge(_ arguments: [String: JSONValue]) throws(OperationError) -> JSONValue {
        let known = Set(fields.map(\.name))
        if let unknown = arguments.keys.sorted().first(where: { !known.contains($0) }) {
            let names = fields.map(\.name).joined(separator: ", ")
            throw OperationError(
                .argumentUnknown,
                "‘\(unknown)’ is no argument of ‘\(contract.command.joined(separator: " "))’",
                hint: names.isEmpty ? "It takes none." : "It takes: \(names).")
        }
        var merged: [String: JSONValue] = [:]
        for field in fields {
            if let given = arguments[field.name], !given.isNull {
                merged[field.property] = given
            } else if let standard = field.defaultValue {
                merged[field.property] = standard
            } else {
                throw OperationError(
                    .argumentMissing, "‘\(contract.command.joined(separator: " "))’ needs ‘\(field.name)’",
                    hint: field.description.help)
            }
        }
        return .object(merged)
    }

    private func audited(
        _ arguments: [String: JSONValue], _ merged: JSONValue, _ context: OperationContext
    ) async throws(OperationError) -> OperationResult {
        var entry = AuditEntry(
            phase: .intent, action: Hex.string((0..<8).map { _ in UInt8.random(in: .min ... .max) }),
            operation: contract.command.joined(separator: " "), actor: context.caller.actor,
            surface: context.caller.surface, arguments: context.services.redactor.redact(.object(arguments)))
        // Before `init` there is no chain yet; `init` itself writes the chain's first record. Without the key there is
        // none that could be written: then only what brings the key back can succeed, and its outcome is recorded.
        let trail = try await trailIfInitialised(context)
        try await append(entry, to: trail, context)
        entry.phase = .outcome
        do throws(OperationError) {
            let result = try await body(merged, context)
            entry.result = result.isComplete ? "ok" : "partial"
            let after = trail == nil ? try await trailIfInitialised(context) : trail
            try await append(entry, to: after, context)
            return result
        } catch {
            entry.result = error.code.rawValue
            entry.detail = context.services.redactor.redact(error.message)
            try await append(entry, to: trail, context)
            throw error
        }
    }

    private func trailIfInitialised(_ context: OperationContext) async throws(OperationError) -> (
        any AuditTrail
    )? {
        do { return try await context.services.audit() } catch {
            guard error.code == .notInitialised || error.code == .keyMissing else { throw error }
            return nil
        }
    }

    private func append(
        _ entry: AuditEntry, to trail: (any AuditTrail)?, _ context: OperationContext
    ) async throws(OperationError) {
        guard let trail else { return }
        do { try await trail.append(entry, at: context.clock.now()) } catch { throw OperationError(error) }
    }

    private static func result(
        of output: some Encodable & Displayable, redactor: Redactor
    ) throws(OperationError) -> OperationResult {
        let json: JSONValue
        do { json = try JSONValueEncoder().encode(output) } catch {
            throw OperationError(.internalFailure, "The result cannot be written as JSON: \(error)")
        }
        return OperationResult(
            json: redactor.redact(json), display: output.display.map { $0.redacted(by: redactor) },
            isComplete: output.isComplete)
    }

    private static func fieldTable(of input: some OperationInput) -> [OperationField] {
        Mirror(reflecting: input).children.compactMap { child in
            guard let label = child.label, let field = child.value as? any DescribedField else { return nil }
            let property = String(label.drop { $0 == "_" })
            return OperationField(
                name: snakeCase(property), property: property, description: field.description,
                defaultValue: field.defaultJSON)
        }
    }

    /// `includeData` becomes `include_data`.
    static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { result, letter in
            if letter.isUppercase { result += "_" }
            result += letter.lowercased()
        }
    }
}

/// A `Field` with its value's type erased.
private protocol DescribedField {
    var description: FieldDescription { get }
    var defaultJSON: JSONValue? { get }
}

extension Field: DescribedField {
    fileprivate var defaultJSON: JSONValue? {
        guard !description.isRequired else { return nil }
        // A default is a literal of the source: that it encodes is checked by the registry's own test.
        return (try? JSONValueEncoder().encode(self)) ?? .null
    }
}
