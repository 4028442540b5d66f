import RemoteExecution

/// What a login tried, for the message when nothing helped.
struct LoginLog: Equatable {
    /// Servers allow six attempts by default and then hang up.
    static let mostOffers = 6

    /// Keys offered and refused, as people know them.
    private(set) var offered: [String] = []
    /// Keys that could not be offered, with the reason.
    private(set) var unusable: [String] = []
    /// Public halves that were offered.
    private var publicKeys: Set<String> = []

    /// Whether another key may be offered.
    var mayOffer: Bool { offered.count < Self.mostOffers }

    /// Notes that `key` is offered now; false when it was before.
    mutating func offers(_ key: HostKey, named name: String) -> Bool {
        guard publicKeys.insert(key.key).inserted else { return false }
        offered.append("\(name) (\(key.algorithm) \(key.fingerprint))")
        return true
    }

    /// Notes a key that could not be offered.
    mutating func skips(_ name: String, because reason: String) {
        unusable.append("\(name) (\(reason))")
    }

    /// The error that tells all of it.
    func refusal(by label: String, accepting methods: [String]) -> ShellError {
        let skipped = unusable.isEmpty ? "" : "; not usable: \(unusable.joined(separator: "; "))"
        guard !offered.isEmpty else {
            return ShellError(
                unusable.isEmpty ? .authenticationFailed : .keyUnusable,
                "No key to log in to \(label)\(skipped)",
                hint: "Name a private key for the device, or load one into the SSH agent;"
                    + " what opens a protected one belongs in HOLDFAST_KEY_PASSPHRASE.")
        }
        let accepted = methods.isEmpty ? "" : "; it accepts \(methods.joined(separator: ", "))"
        return ShellError(
            .authenticationFailed,
            "\(label) refused \(offered.joined(separator: ", "))\(skipped)\(accepted)",
            hint: "Add one of these keys to the account's authorized_keys, or name the right key.")
    }
}
