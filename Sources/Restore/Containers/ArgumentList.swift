package import Basics
import RemoteExecution

/// The words of one command, each of which reaches the program as it is.
package struct ArgumentList: Sendable, Equatable {
    package private(set) var words: [String]

    package init(_ words: [String] = []) { self.words = words }

    package mutating func add(_ words: String...) { self.words += words }

    package mutating func add(contentsOf list: ArgumentList) { words += list.words }

    /// An option with its value; none where the value is missing or empty.
    package mutating func option(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        words += [name, value]
    }

    /// An option with a number that is set: not 0.
    package mutating func option(_ name: String, _ value: JSONValue?) {
        guard let number = value?.int, number != 0 else { return }
        words += [name, String(number)]
    }

    /// One option for each text of a list.
    package mutating func options(_ name: String, _ list: JSONValue?) {
        for text in (list?.array ?? []).compactMap(\.string) { words += [name, text] }
    }

    /// One option for each member of an object, as `key=value`.
    package mutating func pairs(_ name: String, _ object: JSONValue?, separator: String = "=") {
        for (key, value) in (object?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            let text = value.string ?? ""
            words += [name, text.isEmpty && separator != "=" ? key : key + separator + text]
        }
    }

    /// An option that is on or off.
    package mutating func flag(_ name: String, _ value: JSONValue?) {
        if value?.bool == true { words.append(name) }
    }

    /// Without the options of `names`, each of which has a value.
    package func without(_ names: Set<String>) -> ArgumentList {
        var rest: [String] = []
        var index = 0
        while index < words.count {
            if names.contains(words[index]) {
                index += 2
            } else {
                rest.append(words[index])
                index += 1
            }
        }
        return ArgumentList(rest)
    }

    /// As a line of a shell script: nothing in it is expanded.
    package var shellText: String { words.map { ShellQuoting.word($0) }.joined(separator: " ") }

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
