/// Estimates how many tokens a model's tokenizer makes of a text, without one.
///
/// A run of letters counts one token, and one more for each six letters beyond the first six; a run of digits one for
/// each three; punctuation, of which JSON has runs (`":"`, `"},"`), one for each four signs of a run. Spaces before words
/// are free. On lists of tools this lies a few percent above what the tokenizer o200k makes of them.
enum TokenEstimate {
    static func tokens(in text: String) -> Int {
        var count = 0
        var kind = Kind.space
        var length = 0
        func close() {
            switch kind {
            case .space: break
            case .letters: count += 1 + max(0, length - 1) / 6
            case .digits: count += (length + 2) / 3
            case .signs: count += (length + 3) / 4
            }
        }
        for scalar in text.unicodeScalars {
            let next = Kind(scalar)
            if next != kind {
                close()
                kind = next
                length = 0
            }
            length += scalar.isASCII ? 1 : 2
        }
        close()
        return count
    }

    private enum Kind {
        case space
        case letters
        case digits
        case signs

        init(_ scalar: Unicode.Scalar) {
            let properties = scalar.properties
            self =
                if properties.isWhitespace { .space } else if properties.isAlphabetic {
                    .letters
                } else if properties.numericType != nil { .digits } else { .signs }
        }
    }
}
