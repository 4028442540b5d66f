/// The one way in which text becomes part of a shell script.
package enum ShellQuoting {
    /// `text` as a single word of a POSIX shell: nothing in it is ever expanded or run.
    ///
    /// - Precondition: `text` holds no NUL, which no shell word can hold; it is left out should one occur.
    package static func word(_ text: [UInt8]) -> [UInt8] {
        var word: [UInt8] = [UInt8(ascii: "'")]
        for byte in text where byte != 0 {
            if byte == UInt8(ascii: "'") { word.append(contentsOf: "'\\''".utf8) } else { word.append(byte) }
        }
        word.append(UInt8(ascii: "'"))
        return word
    }

    /// The same for text.
    package static func word(_ text: String) -> String {
        String(decoding: word(Array(text.utf8)), as: UTF8.self)
    }
}
