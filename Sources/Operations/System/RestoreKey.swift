import Basics
import Glibc
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
        /// Where the damaged key file lies that was there before; nil when there was none.
        package let setAside: String?

        package var display: [DisplayBlock] {
            let state = opensVault ? " It opens the vault." : " There is no vault yet to try it on."
            let aside = setAside.map { Cell("The damaged key file was kept as \($0).", .dim) }
            return [.lines([Cell("The key is at \(keyFile).\(state)", .good)] + [aside].compactMap(\.self))]
        }
    }

    package static let contract = Contract(
        resource: "key", verb: .custom("restore"), summary: "Put the key of a recovery kit in its place",
        discussion: """
            A key that is there already is never replaced. A key file that holds no key gives way to one that opens the \
            vault, and is kept beside it.
            """,
        effect: .writes, errors: [.keyInvalid, .ioFailed, .vaultExists],
        examples: [
            Contract.Example("holdfast key restore --from kit.txt", "after moving the vault to a new machine")
        ], audit: .founding)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        let turn = try await FoundingTurn.take(paths)
        defer { withExtendedLifetime(turn) {} }
        let isDamaged = try Self.isDamaged(paths.key)
        guard isDamaged ? true : try !Initialise.exists(paths.key) else {
            throw OperationError(
                .vaultExists, "There is a key at \(paths.key) already",
                hint: "Move it away first if it is the wrong one.")
        }
        let key = try Self.key(in: input.from)
        do {
            let hasVault = try Initialise.hasVault(paths)
            if hasVault { _ = try await Vault.open(at: paths.vault, key: key, clock: context.clock) }
            let aside = isDamaged ? try Self.setAside(paths.key) : nil
            try key.write(paths.key)
            // A vault moved to a new machine has no database there yet; one that was lost is for `init` to replace.
            if hasVault { try await makeDatabase(context) }
            return Output(keyFile: paths.key, opensVault: hasVault, setAside: aside)
        } catch { throw OperationError(any: error) }
    }

    /// Whether there is a file in the key's place that holds no key.
    private static func isDamaged(_ path: String) throws(OperationError) -> Bool {
        do {
            _ = try VaultKey.read(path)
            return false
        } catch {
            guard error.code != .notFound else { return false }
            guard error.code == .invalid else { throw OperationError(error) }
            return true
        }
    }

    /// Gives a damaged key file another name, which no other file has.
    private static func setAside(_ path: String) throws -> String {
        var aside = "\(path).damaged"
        var number = 1
        while try Folder.item(aside) != nil {
            number += 1
            aside = "\(path).damaged-\(number)"
        }
        try Folder.rename(path, to: aside)
        return aside
    }

    /// The key that a recovery kit holds.
    private static func key(in file: String) throws(OperationError) -> VaultKey {
        let bytes: [UInt8]?
        do { bytes = try AtomicFile.read(file, limit: 65_536) } catch {
            guard error.code == ENXIO else { throw OperationError(.ioFailed, "\(error)") }
            throw OperationError(
                .argumentInvalid, "\(file) is no ordinary file",
                hint: "Write the recovery kit into one first.")
        }
        guard let bytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw OperationError(.ioFailed, "There is no readable text at \(file)")
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        let marked = lines.drop { !$0.lowercased().hasPrefix("holdfast-key-1:") }
        // The rest of what `init` printed may stand behind the key.
        let groups = marked.dropFirst().prefix { line in
            !line.isEmpty && line.allSatisfy { $0 == "-" || $0.isLetter || $0.isNumber }
        }
        let kept = marked.prefix(1) + groups
        do { return try VaultKey(recoveryText: kept.isEmpty ? lines.joined() : kept.joined()) } catch {
            throw OperationError(error)
        }
    }

    private func makeDatabase(_ context: OperationContext) async throws(OperationError) {
        do throws(OperationError) { try await context.services.createStore(startingAnew: false) } catch {
            guard error.code == .storeMissing else { throw error }
            context.warnings.add("\(error.message). \(error.hint)")
        }
    }
}
