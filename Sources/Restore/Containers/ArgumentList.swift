package import Basics
import RemoteExecution

/// The words of one command, each of which reaches the program as it is.
///
/// What was added together stays together: a value that looks like an option is never taken for one.
package struct ArgumentList: Sendable, Equatable {
    /// An option with its value, or what else belongs together.
    package private(set) var parts: [[String]]

    package init(_ words: [String] = []) { parts = words.isEmpty ? [] : [words] }

    private init(parts: [[String]]) { self.parts = parts }

    package var words: [String] { parts.flatMap { $0 } }

    /// Adds words that belong together.
    package mutating func add(_ words: String...) { parts.append(words) }

    package mutating func add(contentsOf list: ArgumentList) { parts += list.parts }

    /// An option with its value; none where the value is missing or empty.
    package mutating func option(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        add(name, value)
    }

    /// An option with a number that is set: not 0.
    package mutating func option(_ name: String, _ value: JSONValue?) {
        guard let number = value?.int, number != 0 else { return }
        add(name, String(number))
    }

    /// One option for each text of a list.
    package mutating func options(_ name: String, _ list: JSONValue?) {
        for text in (list?.array ?? []).compactMap(\.string) { add(name, text) }
    }

    /// One option for each member of an object, as `key=value`.
    package mutating func pairs(_ name: String, _ object: JSONValue?, separator: String = "=") {
        for (key, value) in (object?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            let text = value.string ?? ""
            add(name, text.isEmpty && separator != "=" ? key : key + separator + text)
        }
    }

    /// An option that is on or off.
    package mutating func flag(_ name: String, _ value: JSONValue?) {
        if value?.bool == true { add(name) }
    }

    /// Only the parts for which `isKept` says so.
    package func filter(_ isKept: (_ part: [String]) -> Bool) -> ArgumentList {
        ArgumentList(parts: parts.filter(isKept))
    }

    /// Without the options of `names`, each with its value where it has one.
    package func without(_ names: Set<String>) -> ArgumentList {
        filter { part in part.first.map { !names.contains($0) } ?? true }
    }

    /// For people: only what needs quotes has them.
    package var shownText: String {
        words.map { word in
            let isPlain = word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || "_-./:=@,+%".utf8.contains(byte)
            }
            return isPlain && !word.isEmpty ? word : ShellQuoting.word(word)
        }.joined(separator: " ")
    }

    /// `fields` as one value of an option that reads comma-separated values, such as `--mount`.
    package static func commaSeparated(_ fields: [String]) -> String {
        fields.map { field in
            let scalars = field.unicodeScalars
            guard scalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return field }
            var quoted = String.UnicodeScalarView()
            for scalar in scalars {
                if scalar == "\"" { quoted.append(scalar) }
                quoted.append(scalar)
            }
            return "\"" + String(quoted) + "\""
        }.joined(separator: ",")
    }
}
