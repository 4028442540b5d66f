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

    /// The fields of `input`, in the order of its properties.
    package static func table<Input: OperationInput>(of input: Input) -> [OperationField] {
        Mirror(reflecting: input).children.compactMap { child in
            guard let label = child.label, let field = child.value as? any DescribedField else { return nil }
            let property = String(label.drop { $0 == "_" })
            return OperationField(
                name: Input.names[property] ?? AnyOperation.snakeCase(property), property: property,
                description: field.description,
                defaultValue: field.defaultJSON)
        }
    }
}

/// What an operation gave back.
package struct OperationResult: Sendable {
    /// The output as JSON, secrets hidden.
    package let json: JSONValue
    /// Makes the output for people.
    private let makeDisplay: @Sendable () -> [DisplayBlock]
    /// False when a part of what was asked failed; the output names it.
    package let isComplete: Bool
    /// What a person should know besides, as sentences without a full stop, secrets hidden; also in `json`, as
    /// `warnings`, where there are any.
    package var warnings: [String] = []

    /// The output for people, secrets hidden; worked out anew each time, as programs never ask for it.
    package var display: [DisplayBlock] { makeDisplay() }

    package init(
        json: JSONValue, display: @escaping @autoclosure @Sendable () -> [DisplayBlock], isComplete: Bool,
        warnings: [String] = []
    ) {
        self.json = json
        makeDisplay = display
        self.isComplete = isComplete
        self.warnings = warnings
    }

    /// The same with more warnings.
    func warning(_ sentences: [String], redactor: Redactor) -> OperationResult {
        guard !sentences.isEmpty else { return self }
        let all = warnings + sentences.map { redactor.redact($0) }
        var members = json.object ?? ["result": json]
        members["warnings"] = .array(all.map { .string($0) })
        return OperationResult(
            json: .object(members), display: makeDisplay(), isComplete: isComplete, warnings: all)
    }
}

/// An operation with its types erased: what surfaces see.
package struct AnyOperation: Sendable {
    package let contract: Contract
    /// In the order of the input's properties.
    package var fields: [OperationField] { table.value }
    /// Most operations of a process are never asked for their fields, which takes time to find out.
    private let table: OnDemand<[OperationField]>
    /// Carries the operation out with all of its arguments, by the names of the Swift properties.
    typealias Body = @Sendable (JSONValue, OperationContext) async throws(OperationError) -> OperationResult

    private let body: Body
    /// What JSON its result is; worked out anew at each call.
    package let outputShape: @Sendable () throws(JSONShapeError) -> JSONShape
    /// What must be done before the operation goes to the background.
    let preparation: @Sendable (JSONValue, OperationContext) async throws(OperationError) -> Void

    package init<Base: ServiceOperation>(_ type: Base.Type) {
        contract = Base.contract
        table = OnDemand {
            OperationField.table(of: Base.Input()) + (Base.contract.isLong ? [Self.backgroundField] : [])
        }
        outputShape = { () throws(JSONShapeError) in try JSONShape(of: Base.Output.self) }
        preparation = { (arguments: JSONValue, context: OperationContext) async throws(OperationError) in
            try await Base().prepare(try OperationField.input(Base.Input.self, from: arguments), in: context)
        }
        body = {
            (arguments: JSONValue, context: OperationContext) async throws(OperationError) -> OperationResult
            in
            let input = try OperationField.input(Base.Input.self, from: arguments)
            let output = try await Base().run(input, in: context)
            return try Self.result(of: output, redactor: context.services.redactor)
        }
    }

    /// Runs the operation with arguments by field name.
    ///
    /// Checks the caller's level, the devices they may use and the arguments, records intent and outcome of whatever
    /// changes something, and hides secrets in what comes back, errors included.
    package func call(
        _ arguments: [String: JSONValue], in context: OperationContext
    ) async throws(OperationError) -> OperationResult {
        guard context.caller.level.allows(contract.effect) else {
            throw OperationError(
                .levelTooLow,
                "‘\(contract.command.joined(separator: " "))’ \(contract.effect.rawValue), which this caller may not"
            )
        }
        try ArgumentLimits.check(arguments)
        let context = try scoped(context)
        let merged = try OperationField.merge(
            arguments, over: fields, of: contract.command.joined(separator: " "))
        let work = contract.isLong ? try chosen(arguments) : body
        let redactor = context.services.redactor
        do {
            let result =
                contract.effect == .reads
                ? try await work(merged, context) : try await audited(arguments, merged, work, context)
            for trouble in context.services.troubles { context.warnings.add(trouble) }
            return result.warning(context.warnings.all, redactor: redactor)
        } catch { throw error.redacted(by: redactor) }
    }

    /// What a caller who may use only some devices works with: the others are not there.
    private func scoped(_ context: OperationContext) throws(OperationError) -> OperationContext {
        guard context.caller.scope != .all else { return context }
        guard contract.reach != .everything else {
            throw OperationError(
                .scopeTooNarrow,
                "‘\(contract.command.joined(separator: " "))’ can reach every device, and this caller may use only some",
                hint: "It needs a token without --device.")
        }
        return context.scoped
    }

    private func audited(
        _ arguments: [String: JSONValue], _ merged: JSONValue, _ work: Body, _ context: OperationContext
    ) async throws(OperationError) -> OperationResult {
        var entry = AuditEntry(
            phase: .intent, action: Hex.string((0..<8).map { _ in UInt8.random(in: .min ... .max) }),
            operation: contract.command.joined(separator: " "), actor: context.caller.actor,
            surface: context.caller.surface,
            arguments: ArgumentLimits.recorded(
                context.services.redactor.redact(.object(DeviceFields.withoutPasswords(arguments)))))
        let reserve = DiskReserve(context.services.paths)
        let intent = entry
        let trail = try await makingRoom(reserve) { () async throws(OperationError) in
            try await recordIntent(intent, context)
        }
        entry.phase = .outcome
        await JobDesk(context: context).tellCutOff()
        let result: OperationResult
        do throws(OperationError) {
            result = try await makingRoom(reserve) { () async throws(OperationError) in
                try await work(merged, context)
            }
        } catch {
            // A change that failed for another reason finds room for it as well.
            if error.code != .diskFull { await reserve.keep() }
            entry.result = error.code.rawValue
            entry.detail = ArgumentLimits.shortened(context.services.redactor.redact(error.message))
            guard let unrecorded = await recordOutcome(entry, trail, context) else { throw error }
            // What failed first is what counts; that it is not on the record is said with it.
            throw OperationError(
                error.code, error.message,
                hint: error.hint + (error.hint.isEmpty ? "" : " ")
                    + "That it failed is not on the record: \(unrecorded).", confirmation: error.confirmation)
        }
        entry.result = result.isComplete ? "ok" : "partial"
        if let unrecorded = await recordOutcome(entry, trail, context) {
            context.warnings.add("It was done, but its outcome is not on the audit record: \(unrecorded)")
        }
        await reserve.keep()
        return result
    }

    /// Runs `body`, once more without the reserve where the disk is full and the operation makes room.
    private func makingRoom<Result>(
        _ reserve: DiskReserve, _ body: () async throws(OperationError) -> Result
    ) async throws(OperationError) -> Result {
        do throws(OperationError) { return try await body() } catch {
            guard error.code == .diskFull, contract.audit == .freeing, await reserve.giveUp() else {
                throw error
            }
            return try await body()
        }
    }

    /// Writes the intent; nothing that needs it is done before this returns.
    ///
    /// - Returns: the chain for the outcome; nil where the operation goes on without one.
    private func recordIntent(
        _ entry: AuditEntry, _ context: OperationContext
    ) async throws(OperationError) -> (any AuditTrail)? {
        do throws(OperationError) {
            let trail = try await context.services.audit()
            do { try await trail.append(entry, by: context.clock) } catch { throw OperationError(error) }
            return trail
        } catch {
            switch error.code {
            // Before `init` there is no chain yet, and without the key none that could be written: then only what
            // makes them can succeed, and its outcome is recorded.
            case .notInitialised, .keyMissing: return nil
            case .storeMissing, .storeCorrupt, .keyInvalid:
                guard contract.audit == .founding else { throw error }
                return nil
            case .diskFull, .readOnly:
                guard contract.audit != .wanted else {
                    context.warnings.add("This is not on the audit record: \(error.message)")
                    return nil
                }
                throw OperationError(
                    error.code,
                    "Nothing was done, as it could not be put on the audit record: \(error.message)",
                    hint: error.hint)
            default: throw error
            }
        }
    }

    /// Writes the outcome.
    ///
    /// - Returns: why it could not be written; nil when it was, or where there is no chain to write it to.
    private func recordOutcome(
        _ entry: AuditEntry, _ trail: (any AuditTrail)?, _ context: OperationContext
    ) async -> String? {
        do throws(OperationError) {
            guard trail != nil || contract.audit == .founding else { return nil }
            let chain: any AuditTrail
            if let trail { chain = trail } else { chain = try await context.services.audit() }
            do { try await chain.append(entry, by: context.clock) } catch { throw OperationError(error) }
            return nil
        } catch {
            // An attempt to make the chain that failed leaves none to write to.
            if trail == nil, !entry.result.isEmpty, entry.result != "ok" { return nil }
            return error.message
        }
    }

    /// The operation itself, or what sends it to the background.
    private func chosen(_ arguments: [String: JSONValue]) throws(OperationError) -> Body {
        switch arguments[Self.backgroundField.name] {
        case nil, .null, .bool(false): return body
        case .bool(true): return background(arguments)
        default:
            throw OperationError(.argumentInvalid, "‘\(Self.backgroundField.name)’ is true or false")
        }
    }

    static func result(
        of output: some Codable & Displayable & Sendable, redactor: Redactor
    ) throws(OperationError) -> OperationResult {
        let json: JSONValue
        do { json = try JSONValueEncoder().encode(output) } catch {
            throw OperationError(.internalFailure, "The result cannot be written as JSON: \(error)")
        }
        var shown = redactor.redact(json)
        let clear = type(of: output).membersInClear
        if !clear.isEmpty, let members = json.object, let hidden = shown.object {
            shown = .object(hidden.merging(members.filter { clear.contains($0.key) }) { $1 })
        }
        return OperationResult(
            json: shown, display: output.display.map { $0.redacted(by: redactor) },
            isComplete: output.isComplete)
    }

    /// `includeData` becomes `include_data`.
    fileprivate static func snakeCase(_ name: String) -> String {
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
