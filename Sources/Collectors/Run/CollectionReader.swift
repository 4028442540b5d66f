import Basics
package import Codecs
package import RemoteExecution

/// Takes in the files of a run while they arrive.
package protocol FileSink: Sendable {
    /// Receives the next events of the tar stream of `role`, in order.
    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws
    /// The absolute paths, of those listed, whose content is wanted; asked only for plans that list files.
    func select(_ listed: [ListedFile]) async throws -> [[UInt8]]
    /// The whole configuration is as the earlier run found it, and none of it is listed.
    func keepConfiguration() async throws
}

extension FileSink {
    package func select(_ listed: [ListedFile]) async throws -> [[UInt8]] { listed.map(\.path) }
    package func keepConfiguration() async throws {}
}

/// Understands the framed output of one run: keeps what probes print, hands on what tar streams hold.
package actor CollectionReader: ShellConsumer {
    /// Kept of one probe's output and of one step's errors, in bytes.
    package static let captureLimit = 64 << 20
    static let errorLimit = 1 << 20
    /// What a login shell may print before the script runs, in bytes of both streams, and how long that may take.
    private static let greetingLimit = (bytes: 1 << 20, time: Duration.seconds(60))

    /// Sockets told of one listing, at most.
    private static let socketLimit = 100
    /// How much later than its end the beginning of a step may become known.
    private static let tolerance = Duration.seconds(1)

    private let plan: CollectionPlan
    private let first: Int
    private let isPart: Bool
    private let known: CollectionPlan.KnownOutcomes
    private let sink: any FileSink
    private var output: FrameDecoder
    private var errors: FrameDecoder
    private var captures: [Capture]
    private var isCut: [Bool]
    /// Bytes of the current stream of files.
    private var received = 0
    private var current: Int?
    private var began = ContinuousClock.now
    private var elapsed: [Duration]
    private var currentError: Int?
    private var sinkFailure: (any Error)?
    private var greeting = 0
    private var greeted: ContinuousClock.Instant?
    private var tar = TarDecoder()
    private var tarFailure: [Int: String] = [:]
    private var account: (uid: String, user: String)?
    private var isFinished = false
    private var areErrorsFinished = false
    private var listing = ListingDecoder()
    /// Whether the sink was told that the configuration is as the earlier run found it.
    private var keepsConfiguration = false
    private var wanted: [[UInt8]] = []
    private var sockets: [[UInt8]] = []
    private var reply = ShellReply.proceed
    private var gauge: FloodGauge
    private var errorBegan = ContinuousClock.now
    /// The last step that began in each stream; none begins twice.
    private var (lastStep, lastErrorStep) = (-1, -1)

    /// - Parameters:
    ///   - first: the number of the plan's first step in the script.
    ///   - known: what the script asked the device not to send again.
    ///   - isPart: whether another consumer says when the run is over; a flood is thrown then.
    package init(
        plan: CollectionPlan, numberedFrom first: Int = 0, boundary: FrameBoundary, sink: any FileSink,
        known: CollectionPlan.KnownOutcomes = CollectionPlan.KnownOutcomes(), isPart: Bool = false
    ) {
        self.isPart = isPart
        self.plan = plan
        self.first = first
        self.known = known
        self.sink = sink
        gauge = FloodGauge(plan)
        output = FrameDecoder(boundary: boundary)
        errors = FrameDecoder(boundary: boundary)
        captures = plan.steps.map { _ in Capture(outcome: .lost) }
        isCut = plan.steps.map { _ in false }
        elapsed = plan.steps.map { _ in .zero }
    }

    package func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        if stream == .standardError {
            errors.consume(bytes).forEach(takeError)
            return try isAtEnd(bytes.count) ? .finish : .proceed
        }
        for event in output.consume(bytes) { try await take(event) }
        defer { reply = .proceed }
        return try isAtEnd(bytes.count) ? .finish : reply
    }

    /// Whether nothing more is wanted of the device, which sent `count` bytes.
    private func isAtEnd(_ count: Int) throws(ShellError) -> Bool {
        // Of a longer script, what comes before the plan's steps, and when they are said to be over, is somebody else's.
        if output.isRunning, !isOver, first == 0 || lastStep >= 0 { gauge.receive(count) }
        if isPart, let problem = gauge.problem { throw problem }
        return isOver || isRefused(count) || gauge.problem != nil
    }

    /// Whether both streams have come to their end; what is told of the last files may arrive after the last file.
    private var isOver: Bool { isFinished && areErrorsFinished }

    /// Whether the device talks, and talks, and never runs the script.
    private func isRefused(_ count: Int) -> Bool {
        guard !output.isRunning else { return false }
        greeting += count
        let start = greeted ?? ContinuousClock.now
        greeted = start
        return greeting > Self.greetingLimit.bytes || ContinuousClock.now - start > Self.greetingLimit.time
    }

    private func takeError(_ event: FrameDecoder.Event) {
        switch event {
        case .began(let number):
            currentError = index(of: number, after: lastErrorStep)
            lastErrorStep = currentError ?? lastErrorStep
            errorBegan = .now
        case .bytes(let bytes):
            guard let index = currentError else { return }
            let kept = bytes.prefix(max(0, Self.errorLimit - captures[index].errors.count))
            captures[index].errors += kept
            gauge.take(bytes.count, kept: kept.count, of: index, since: errorBegan)
        case .finished: areErrorsFinished = true
        case .hello, .ended, .lengths, .unchanged: break
        }
    }

    private func take(_ event: FrameDecoder.Event) async throws {
        switch event {
        case .hello(let uid, let user): account = (uid, user)
        case .began(let number):
            current = index(of: number, after: lastStep)
            lastStep = current ?? lastStep
            began = .now
            tar = TarDecoder()
            received = 0
        case .bytes(let bytes): try await take(bytes)
        case .ended(let status):
            guard let index = current else { return }
            current = nil
            elapsed[index] = .now - began
            captures[index].outcome = outcome(status, of: index)
            if plan.roles[index] == .listing { try await endListing(index) }
        case .unchanged:
            guard let index = current else { return }
            current = nil
            elapsed[index] = .now - began
            // A device that was not asked has said nothing.
            if known.probes[index] != nil { captures[index].outcome = .unchanged }
        case .lengths(let lengths): compare(lengths)
        case .finished: isFinished = true
        }
    }

    /// The plan's step that a frame's number names; nil for one of somebody else's, and for one that is over.
    private func index(of number: Int, after last: Int) -> Int? {
        let index = number - first
        return plan.steps.indices.contains(index) && index > last ? index : nil
    }

    /// Drops the output of probes that came longer than the device says it was: which bytes are the probe's, nobody knows.
    private func compare(_ lengths: [Int: Int]) {
        for index in plan.steps.indices where plan.steps[index].isCounted && !isCut[index] {
            let capture = captures[index]
            guard capture.outcome != .unchanged, capture.outcome != .lost, capture.outcome != .absent,
                !ByteCounting.fits(capture.output, printed: lengths[index + first])
            else { continue }
            captures[index] = Capture(outcome: .mixed, errors: capture.errors)
        }
    }

    private func take(_ bytes: [UInt8]) async throws {
        guard let index = current else { return }
        if case .probe = plan.roles[index] {
            let room = Self.captureLimit - captures[index].output.count
            if bytes.count > room { isCut[index] = true }
            let kept = bytes.prefix(room)
            captures[index].output += kept
            gauge.take(bytes.count, kept: kept.count, of: index, since: began)
            return
        }
        let isListing = plan.roles[index] == .listing
        let isOfUse = isListing ? !listing.isNonsense : tarFailure[index] == nil && !tar.isFinished
        if isOfUse { gauge.take(bytes.count, kept: bytes.count, of: index, since: began) }
        if isListing { return try await takeListing(bytes) }
        received += bytes.count
        guard tarFailure[index] == nil else { return }
        do { try await sink.receive(tar.consume(bytes), of: plan.roles[index]) } catch let error as TarError {
            // The rest of this stream is of no use, but the other steps are.
            tarFailure[index] = error.description
        } catch { throw failing(error) }
    }

    private func takeListing(_ bytes: [UInt8]) async throws {
        let listed = listing.consume(bytes)
        let socket = UInt8(ascii: "s")
        sockets += listed.lazy.filter { $0.kind == socket }.map(\.path).prefix(
            Self.socketLimit - sockets.count)
        let files = listed.filter { $0.kind != socket }
        guard !files.isEmpty else { return }
        do { wanted += try await sink.select(files) } catch { throw failing(error) }
    }

    private func endListing(_ index: Int) async throws {
        if listing.malformed > 0 || !listing.isAtBoundary {
            // Files that nobody can name are neither sent nor missed.
            tarFailure[index] = "a part of the listing could not be read"
        }
        // A device that was not asked has said nothing.
        if listing.isKnown, known.listing != nil {
            do { try await sink.keepConfiguration() } catch { throw failing(error) }
            keepsConfiguration = true
        }
        sendSelection()
    }

    /// Keeps what the sink threw, as a transport hands on its words only.
    private func failing(_ error: any Error) -> any Error {
        sinkFailure = error
        return error
    }

    /// Tells the waiting tar which files to send, in the order in which it would come across them itself.
    ///
    /// Of a file with several names the first one carries the content, so that the order must always be the same.
    private func sendSelection() {
        let paths = wanted
        var names: [UInt8] = []
        for place in ByteOrder.inFolderOrder(paths) {
            names.append(UInt8(ascii: "."))
            names.append(contentsOf: paths[place])
            names.append(0)
        }
        wanted = []
        reply = .send(names, closes: true)
    }

    private func outcome(_ status: Int32?, of index: Int) -> ProbeOutcome {
        guard let status else { return .absent }
        // What `timeout` ends with; a killed step ended by it only when its time was over.
        let isOver = ContinuousClock.now - began >= .seconds(plan.steps[index].timeLimit) - Self.tolerance
        if status == 124 || (status == 137 && isOver) { return .timedOut }
        // What a shell says of a command that is not there.
        if status == 127, case .probe = plan.roles[index] { return .absent }
        if isCut[index] { return .truncated }
        if case .probe = plan.roles[index] { return .exited(status) }
        if plan.roles[index] == .listing { return .exited(status) }
        if received % TarDecoder.blockSize != 0, tarFailure[index] == nil {
            tarFailure[index] =
                tar.isFinished
                ? "something that the account's login started wrote between its files"
                : "the archive is cut, or something that the account's login started wrote into it"
        }
        if status == FileStep.nothingStatus, !tar.hasBegun { return .exited(0) }
        // An archive without its end mark is not whole, even where tar says that it had something to say of single files.
        if status == 0 || status == 1, !tar.isFinished, tarFailure[index] == nil,
            tar.hasBegun || mustBegin(index)
        {
            tarFailure[index] = tar.hasBegun ? "the archive has no end" : "tar sent no archive"
        }
        return .exited(status)
    }

    /// Whether a step sends an archive even of nothing, unless it says that there is nothing.
    private func mustBegin(_ index: Int) -> Bool {
        switch plan.roles[index] {
        case .discovered, .files, .ownPaths, .selected: true
        case .data, .listing, .probe: false
        }
    }

    /// Says that nothing more of the plan comes, though the run goes on with something else.
    package func end() {
        isFinished = true
        areErrorsFinished = true
    }

    /// What the run brought; call it after the run ended, in whatever way.
    package func results() -> CollectionResults {
        var results = CollectionResults(
            account: account?.user, uid: account?.uid, isComplete: isFinished,
            noise: account == nil && output.noise.isEmpty ? errors.noise : output.noise)
        results.sinkFailure = sinkFailure
        results.refusal = gauge.problem
        results.listedSockets = sockets.map { DeviceText.string($0) }
        let hasListed = hasListed
        if hasListed {
            results.listing = CollectionResults.Listing(
                began: listing.began, nanoseconds: listing.nanoseconds, isKnown: keepsConfiguration,
                digest: listing.isSettled ? listing.digest : nil)
        }
        results.steps = zip(plan.roles, elapsed).map { (plan.name(of: $0), $1) }
        for (index, role) in plan.roles.enumerated() {
            var capture = captures[index]
            if case .exited(let status) = capture.outcome, Self.wasDenied(status, capture.errors),
                !Self.isOnlyFiles(role, capture)
            {
                capture.outcome = .denied
            }
            switch role {
            case .probe(let collector, let probe):
                let name = plan.collectors[collector].probes[probe].name
                results.captures[plan.collectors[collector].name, default: Captures()].byProbe[name] = capture
            case .data, .discovered, .files, .listing, .ownPaths, .selected:
                // Where the device lists, it sends what is selected, and where it cannot, everything.
                if hasListed
                    ? plan.isListed(role) || (role == .selected && isAllKnown) : Self.needsListing(role)
                {
                    continue
                }
                let outcome = role == .listing && isAllKnown ? .exited(0) : capture.outcome
                results.streams.append(
                    FileStreamResult(
                        role: role, outcome: outcome, errors: capture.errors,
                        failure: capture.outcome == .denied ? nil : tarFailure[index]))
            }
        }
        return results
    }

    /// Whether the device lists files, or was to and did not come to its end.
    private var hasListed: Bool {
        guard let index = plan.roles.firstIndex(of: .listing) else { return false }
        return captures[index].outcome != .exited(ListingStep.unableStatus)
            && captures[index].outcome != .absent
    }

    /// Whether the listing left nothing to be sent.
    private var isAllKnown: Bool {
        plan.roles.firstIndex(of: .listing).map { captures[$0].outcome == .exited(ListingStep.knownStatus) }
            ?? false
    }

    private static func needsListing(_ role: CollectionPlan.Role) -> Bool {
        role == .listing || role == .selected
    }

    /// Whether a step that finds and sends files was carried out but for single ones, which it named.
    ///
    /// What sudo says then, it said to what one section finds its files with: that is for the probes of that section to
    /// tell, and no reason to doubt the files of all others.
    private static func isOnlyFiles(_ role: CollectionPlan.Role, _ capture: Capture) -> Bool {
        guard capture.outcome == .exited(1) else { return false }
        switch role {
        case .discovered, .files, .listing, .ownPaths, .selected:
            return DeviceText.lines(capture.errors).contains { FileIssue(line: $0) != nil }
        case .data, .probe: return false
        }
    }

    /// Status 77 is `hf_root` without sudo; otherwise sudo says in its own words that it refused.
    private static func wasDenied(_ status: Int32, _ errors: [UInt8]) -> Bool {
        if status == 77 { return true }
        guard status != 0 else { return false }
        let refusals = [
            "a password is required", "is not allowed to execute", "is not in the sudoers file",
            "you must have a tty", "a terminal is required",
            // sudo-rs
            "interactive authentication is required", "I'm afraid I can't do that", "may not run ",
        ]
        return DeviceText.lines(errors).contains { line in
            (line.hasPrefix("sudo:") || line.contains("sudo")) && refusals.contains { line.contains($0) }
        }
    }
}
