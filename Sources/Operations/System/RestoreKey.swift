import Basics
import Vault

/// Puts the key of a recovery kit in its place.
package struct RestoreKey: ServiceOperation {
    package struct Input: OperationInput {
        @Field("File with the lines of the recovery kit.", placeholder: "FILE") var from: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let keyFile: String
        /// Whether a vault is there and the key opens it.
        package let opensVault: Bool

        package var display: [DisplayBlock] {
            let state = opensVault ? " It opens the vault." : " There is no vault yet to try it on."
            return [.lines([Cell("The key is at \(keyFile).\(state)", .good)])]
        }
    }

    package static let contract = Contract(
        resource: "key", verb: .custom("restore"), summary: "Put the key of a recovery kit in its place",
        effect: .writes, errors: [.keyInvalid, .ioFailed, .vaultExists],
        examples: [
            Contract.Example("holdfast key restore --from kit.txt", "after moving the vault to a new machine")
        ], audit: .founding)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        let turn = try await FoundingTurn.take(paths)
        defer { withExtendedLifetime(turn) {} }
        guard try !Initialise.exists(paths.key) else {
            throw OperationError(
                .vaultExists, "There is a key at \(paths.key) already",
                hint: "Move it away first if it is the wrong one.")
        }
        let bytes: [UInt8]?
        do { bytes = try AtomicFile.read(input.from, limit: 65_536) } catch {
            throw OperationError(.ioFailed, "\(error)")
        }
        guard let bytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw OperationError(.ioFailed, "There is no readable text at \(input.from)")
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        let marked = lines.drop { !$0.lowercased().hasPrefix("holdfast-key-1:") }
        // The rest of what `init` printed may stand behind the key.
        let groups = marked.dropFirst().prefix { line in
            !line.isEmpty && line.allSatisfy { $0 == "-" || $0.isLetter || $0.isNumber }
        }
        let kept = marked.prefix(1) + groups
        do {
            let key = try VaultKey(recoveryText: kept.isEmpty ? lines.joined() : kept.joined())
            let hasVault = try Initialise.exists(paths.vault + "/config")
            if hasVault { _ = try await Vault.open(at: paths.vault, key: key, clock: context.clock) }
            try key.write(paths.key)
            // A vault moved to a new machine has no database there yet; one that was lost is for `init` to replace.
            if hasVault { try await makeDatabase(context) }
            return Output(keyFile: paths.key, opensVault: hasVault)
        } catch { throw OperationError(any: error) }
    }

    private func makeDatabase(_ context: OperationContext) async throws(OperationError) {
        do throws(OperationError) { try await context.services.createStore(startingAnew: false) } catch {
            guard error.code == .storeMissing else { throw error }
            context.warnings.add("\(error.message). \(error.hint)")
        }
    }
}
