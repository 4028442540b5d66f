import Basics
package import RemoteExecution

/// All that one run brought besides the files' contents.
package struct CollectionResults: Sendable {
    /// Name of the account the script ran as; nil when it never ran.
    package var account: String?
    /// Number of that account as text.
    package var uid: String?
    /// Whether the script came to its last line.
    package var isComplete: Bool
    /// What the login shell printed before the script.
    package var noise: [UInt8]
    /// Probe outputs by collector name.
    package var captures: [String: Captures] = [:]
    /// What each step was about, in order, and how long its output took; zero for one that did not end.
    package var steps: [(name: String, elapsed: Duration)] = []
    /// One for each tar stream.
    package var streams: [FileStreamResult] = []
    /// What the device listed before it sent files; nil when it did not.
    package var listing: Listing?
    /// Sockets, as far as they were listed; the first hundred, in readable form (`DeviceText`).
    package var listedSockets: [String] = []
    /// What the sink threw and thereby ended the run; nil when it took everything.
    package var sinkFailure: (any Error)?
    /// Why the run was ended by who reads it: the device floods, or comes to no end.
    package var refusal: ShellError?

    /// How a listing turned out.
    package struct Listing: Sendable, Equatable {
        /// When it began, in seconds since 1970 by the device's clock; nil when it did not tell.
        package var began: Int64?
        /// The rest of that second in nanoseconds; nil when the device's clock does not tell.
        package var nanoseconds: Int64?
        /// Whether it is as the earlier run found it, and what that found was taken over.
        package var isKnown: Bool
        /// Its digest, by which the next run can tell that nothing changed; nil where that would not be sure.
        package var digest: String?
    }

    init(account: String?, uid: String?, isComplete: Bool, noise: [UInt8]) {
        self.account = account
        self.uid = uid
        self.isComplete = isComplete
        self.noise = noise
    }

    /// Whether the device ran the script at all.
    package var hasRun: Bool { account != nil }
}

/// How one tar stream ended.
package struct FileStreamResult: Sendable, Equatable {
    package let role: CollectionPlan.Role
    package let outcome: ProbeOutcome
    package let errors: [UInt8]
    /// Why the archive could not be read to its end; nil when it could.
    package let failure: String?

    package init(role: CollectionPlan.Role, outcome: ProbeOutcome, errors: [UInt8], failure: String?) {
        self.role = role
        self.outcome = outcome
        self.errors = errors
        self.failure = failure
    }

    /// The files tar named on standard error.
    package var issues: [FileIssue] { DeviceText.lines(errors).compactMap(FileIssue.init(line:)) }

    /// Whether it may have told of more files than are known.
    package var hasCutErrors: Bool { errors.count >= CollectionReader.errorLimit }

    /// Indices of own paths that do not exist on the device.
    package var missingPaths: [Int] {
        DeviceText.lines(errors).compactMap { line in
            line.hasPrefix("holdfast: missing ") ? Int(line.dropFirst(18)) : nil
        }
    }

    /// Own paths that are themselves symbolic links, by index, and what they point to.
    package var linkedPaths: [Int: String] {
        var links: [Int: String] = [:]
        for line in DeviceText.lines(errors) where line.hasPrefix("holdfast: link ") {
            let words = line.dropFirst(15).split(
                separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            if let index = Int(words[0]) { links[index] = words.count > 1 ? String(words[1]) : "" }
        }
        return links
    }
}

extension CollectionResults {
    /// Sockets that the device has among the files that were asked for, sorted, in readable form.
    package var sockets: [String] {
        let told = streams.flatMap(\.issues).filter { $0.kind == .socket }.map(\.path)
        return Set(told + listedSockets).sorted()
    }
}
