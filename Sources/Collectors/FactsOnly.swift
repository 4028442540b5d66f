/// A collector reduced to what its section cannot do without: no files, no probe that only completes it.
///
/// For whoever has to know who a machine is, and who is known there, and wants nothing else of these sections.
package enum FactsOnly<Base: Collector>: Collector {
    package static var name: String { Base.name }
    package static var summary: String { Base.summary }
    package static var probes: [Probe] { Base.probes.filter(\.isRequired) }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        try Base.parse(captures)
    }

    package static func doubt(_ captures: Captures) -> CollectorError? { Base.doubt(captures) }
}

extension Collector {
    /// This collector without its files.
    package static var factsOnly: any Collector.Type { FactsOnly<Self>.self }
}
