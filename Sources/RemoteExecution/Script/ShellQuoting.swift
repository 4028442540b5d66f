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

    /// Shell text to run first, and the word that then means `bytes`: for scripts that are text where `bytes` need not be.
    ///
    /// The setup sets the variable `hf_name`, so that a word is to be used before the next one is set up.
    package static func text(_ bytes: [UInt8]) -> (setup: String, word: String) {
        if let text = String(validating: bytes, as: UTF8.self) { return ("", word(text)) }
        let digits = bytes.filter { $0 != 0 }.map { byte in
            let octal = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }
        // The shell cuts line feeds from the end of what a command printed, so that something has to stand there.
        return ("hf_name=$(printf '\(digits.joined())x'); hf_name=${hf_name%x}\n", "\"$hf_name\"")
    }
}
