import Codecs
import Collectors
import RemoteExecution
import Vault

/// What one probe printed, on its way into the vault.
struct StoredCapture {
    /// A device is spared sending at least so much again, in bytes; below that the question costs more than the answer.
    static let worthwhile = 16 << 10

    /// Index of the collector.
    let collector: Int
    private let probe: String
    private let capture: Capture
    /// What the earlier backup has of the same probe.
    private let earlier: SectionRecord.Capture?

    init(collector: Int, probe: String, _ capture: Capture, _ earlier: SectionRecord.Capture?) {
        self.collector = collector
        self.probe = probe
        self.capture = capture
        self.earlier = earlier
    }

    /// The stored form; takes the pieces of output and errors from the front of `stored`, unless it is unchanged.
    ///
    /// Nil when it is unchanged and there is nothing that it could be the same as.
    func record(taking stored: inout ArraySlice<[ContentRef]>) -> SectionRecord.Capture? {
        if capture.outcome == .unchanged { return earlier }
        var record = SectionRecord.Capture(probe: probe, outcome: capture.outcome.text)
        record.output = stored.removeFirst()
        record.errors = stored.removeFirst()
        if isWorthKnowing(record) { record.digest = digest }
        return record
    }

    /// Whether the next run should ask the device whether this is the same.
    ///
    /// The device runs a probe twice when it is not, so that what changes from run to run is never asked for.
    private func isWorthKnowing(_ record: SectionRecord.Capture) -> Bool {
        guard capture.output.count >= Self.worthwhile, record.isWhole else { return false }
        return earlier.map { $0.output == record.output } ?? true
    }

    private var digest: String {
        var hash = PlainHash()
        hash.update(capture.output[...])
        hash.update(OutputDigest.ending(status: 0)[...])
        return hash.hex()
    }
}

extension [SectionRecord.Capture] {
    /// Whether these are the same as `others`, whatever is asked for next time.
    func hold(the others: [SectionRecord.Capture]) -> Bool {
        count == others.count
            && zip(self, others).allSatisfy {
                $0.probe == $1.probe && $0.outcome == $1.outcome && $0.output == $1.output
                    && $0.errors == $1.errors
            }
    }
}
