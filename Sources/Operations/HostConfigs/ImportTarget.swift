import Basics
import HostConfig

/// The file that an import names, and which of the files that come in belong there.
struct ImportTarget {
    let path: String
    /// Where these were read; nil for all.
    private let origin: String?

    /// - Throws: `argumentInvalid` where that cannot be told.
    init(_ path: String, of copies: [HostCopy], _ place: HostPlace) throws(OperationError) {
        self.path = path
        guard Set(copies.map(\.host.id)).count <= 1 else {
            throw OperationError(
                .argumentInvalid, "--file goes with the backups of one program",
                hint: "Import them one by one.")
        }
        let files = copies.flatMap { copy in
            copy.files.map { (origin: $0.origin, isOwn: $0.isOwn) }
                + copy.gone.map { (origin: $0.place, isOwn: $0.isOwn) }
        }
        let origins = Set(files.map(\.origin))
        // A name alone says nothing of where it was.
        guard let host = copies.first?.host, origins.count > 1, origins.contains(where: { $0.contains("/") })
        else {
            origin = nil
            return
        }
        // The host's own file has its place here.
        let own = files.filter { file in
            let home = try? place.home(of: file.origin, of: host, isOwn: file.isOwn)
            return home.map { place.isOwn($0, of: host) } ?? false
        }
        let others = origins.subtracting(own.map(\.origin))
        let ranked = Dictionary(grouping: others.isEmpty ? origins : others) { Self.likeness($0, path) }
        guard let best = ranked.keys.max().flatMap({ ranked[$0] }), best.count == 1 else {
            throw OperationError(
                .argumentInvalid,
                "Which of its files \(path) is meant for cannot be told: \(others.sorted().joined(separator: ", "))",
                hint: "Name one with the same last folder.")
        }
        origin = best.first
    }

    /// How many last names two paths share.
    private static func likeness(_ one: String, _ other: String) -> Int {
        guard one != other else { return .max }
        return zip(one.split(separator: "/").reversed(), other.split(separator: "/").reversed())
            .prefix { $0 == $1 }.count
    }

    /// Whether what was read at a place belongs there.
    func means(_ place: String) -> Bool { origin.map { $0 == place } ?? true }
}
