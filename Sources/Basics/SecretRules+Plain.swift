/// Values that are no secrets whatever their names say: switches, figures, versions, paths, references, placeholders.
extension SecretRules {
    /// The longest value that is looked at, in bytes; what is longer is no such thing.
    private static let plainLimit = 256

    /// Whether a value says something and is no secret.
    static func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first, value.count <= plainLimit else { return value.isEmpty }
        if isSwitch(value) || isFigure(value) || isVersion(value) || isMark(value) { return true }
        if isPath(value) || first == UInt8(ascii: "<") && isPlaceholder(value) { return true }
        return value.contains(where: ByteSet.referenceStart.contains) && isReference(value)
    }

    /// Whether a value is one of the words by which settings are switched, or several of them as `true|false`.
    private static func isSwitch(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= 64 else { return false }
        return value.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).allSatisfy {
            part in
            let word = part.filter { $0 != 0x20 }.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            return switches.contains(String(decoding: word, as: UTF8.self))
        }
    }

    /// Whether a value is a number of at most four digits, perhaps with a sign and a unit: `3600`, `-1`, `10m`, `1.5`.
    private static func isFigure(_ value: ArraySlice<UInt8>) -> Bool {
        let unsigned = value.first.map { "+-".utf8.contains($0) } == true ? value.dropFirst() : value
        let digits = unsigned.prefix { ByteSet.digits.contains($0) }
        guard (1...4).contains(digits.count) else { return false }
        let unit = unsigned.dropFirst(digits.count)
        return unit.isEmpty || unit.count <= 5 && units.contains(String(decoding: unit, as: UTF8.self))
    }

    private static let units: Set<String> = [
        "s", "ms", "us", "ns", "m", "min", "h", "d", "w", "y", "k", "K", "M", "G", "B", "b", "kb", "kB", "KB",
        "MB",
        "GB", "Ki", "Mi", "Gi", "KiB", "MiB", "GiB", "%", "/tcp", "/udp", "r/s", "r/m",
    ]

    /// Whether a value is the version of a package, or a range of them: `1.2.3`, `^9.0.2`, `>=2.0-rc.1`.
    private static func isVersion(_ value: ArraySlice<UInt8>) -> Bool {
        let number = value.drop { "^~<>=! v".utf8.contains($0) }
        guard value.count <= 48, value.count - number.count <= 3 else { return false }
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return false }
        // What follows the numbers names what is not released yet, as `-rc1`.
        let plain = number.prefix { ByteSet.digits.contains($0) || $0 == UInt8(ascii: ".") }
        let rest = number.dropFirst(plain.count)
        let isNumbered = plain.split(separator: UInt8(ascii: ".")).allSatisfy { $0.count <= 4 }
        // Two numbers of six digits are more often a password than a version.
        if value.count == plain.count, parts.count == 2, plain.count > 6 { return false }
        guard isNumbered, plain.first.map(ByteSet.digits.contains) == true, plain.contains(UInt8(ascii: "."))
        else {
            return false
        }
        let word = rest.drop { "-+.".utf8.contains($0) }.prefix { $0 >= 0x61 && $0 <= 0x7A }
        let last = rest.drop { !ByteSet.digits.contains($0) }
        return rest.isEmpty
            || stages.contains(String(decoding: word, as: UTF8.self)) && last.count <= 6
                && last.allSatisfy { ByteSet.digits.contains($0) || $0 == UInt8(ascii: ".") }
    }

    private static let stages: Set<String> = [
        "alpha", "beta", "rc", "dev", "post", "pre", "preview", "snapshot", "a", "b", "c", "x",
    ]

    /// Whether a value is a few marks without a letter or digit, such as `.`, `(.*)` or `…`.
    private static func isMark(_ value: ArraySlice<UInt8>) -> Bool {
        value.elementsEqual("…".utf8)
            || value.count <= 4 && value.allSatisfy { $0 < 0x80 && !ByteSet.letters.contains($0) }
    }

    // MARK: Places

    /// Whether a value is a path from the root, or such a path behind the word for its kind, as in `hash:/etc/map` and
    /// `db:/etc/creds/db`; or a file next to where it is named, with an ending that files of keys have.
    static func isPath(_ value: ArraySlice<UInt8>) -> Bool {
        var path = value
        if path.first == UInt8(ascii: "<") || path.first == UInt8(ascii: "@") { path = path.dropFirst() }
        if let colon = path.firstIndex(of: UInt8(ascii: ":")),
            path[..<colon].allSatisfy(ByteSet.token.contains)
        {
            path = path[(colon + 1)...]
            guard path.first == UInt8(ascii: "/"), !path.starts(with: "//".utf8) else { return false }
        }
        if ["./", "~/", "../"].contains(where: { path.starts(with: $0.utf8) }) {
            return path.allSatisfy(ByteSet.path.contains) && !isDrawn(path)
        }
        guard path.first == UInt8(ascii: "/") else { return isFile(path) }
        let parts = path.split(separator: UInt8(ascii: "/"))
        guard let root = parts.first, path.allSatisfy(ByteSet.path.contains) else { return false }
        if roots.contains(String(decoding: root, as: UTF8.self)) { return !isDrawn(path) }
        return parts.allSatisfy { part in
            part.count <= 24 && part.contains { $0 >= 0x61 && $0 <= 0x7A }
                && !part.contains { $0 >= 0x41 && $0 <= 0x5A }
                && part.filter(ByteSet.digits.contains).count <= 2
        }
    }

    /// Whether a part of a path looks drawn at random: both kinds of letters, and digits among them.
    private static func isDrawn(_ path: ArraySlice<UInt8>) -> Bool {
        path.split(separator: UInt8(ascii: "/")).contains { part in
            part.count >= 8 && part.count { ByteSet.digits.contains($0) } >= 2
                && part.contains { $0 >= 0x41 && $0 <= 0x5A } && part.contains { $0 >= 0x61 && $0 <= 0x7A }
        }
    }

    private static let roots: Set<String> = [
        "etc", "run", "var", "usr", "srv", "home", "root", "opt", "tmp", "mnt", "media", "dev", "proc", "sys",
        "bin",
        "sbin", "lib", "boot", "nix", "snap", "Users", "Library", "private", "data", "path",
    ]

    private static func isFile(_ name: ArraySlice<UInt8>) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return false }
        let ending = name[(dot + 1)...]
        return fileEndings.contains(String(decoding: ending, as: UTF8.self))
            && name[..<dot].allSatisfy { $0 >= 0x61 && $0 <= 0x7A || "-_/.".utf8.contains($0) }
    }

    private static let fileEndings: Set<String> = [
        "key", "pem", "crt", "cert", "pub", "p12", "pfx", "jks", "gpg", "asc", "conf", "cfg", "ini", "txt",
        "json",
        "yml", "yaml", "toml", "env", "keytab", "kdbx",
    ]

    /// Whether a value is nothing but a place for one: `<your password>`.
    private static func isPlaceholder(_ value: ArraySlice<UInt8>) -> Bool {
        value.count > 3 && value.last == UInt8(ascii: ">")
            && value.dropFirst().dropLast().allSatisfy {
                $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || "-_ ".utf8.contains($0)
            }
    }

    // MARK: Words

    /// Whether a value is one word or name, in small letters, capitals or humps, without a digit: `plain`, `EC_KEY`,
    /// `userId`.
    ///
    /// What was drawn at random changes its letters more often, and what was made up mixes words of both kinds, as in
    /// `ACME-nas-door`.
    static func isWord(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first, ByteSet.letters.contains(first) || first == UInt8(ascii: "_"),
            value.count <= 64
        else { return false }
        var (humps, wasLower, run) = (0, false, 0)
        var (hasLower, capitals, hasCapitals) = (false, 0, false)
        for byte in value {
            let isUpper = byte >= 0x41 && byte <= 0x5A
            let isLower = byte >= 0x61 && byte <= 0x7A
            guard isUpper || isLower || "_-".utf8.contains(byte) else { return false }
            if isUpper, wasLower {
                guard run >= 2 else { return false }
                humps += 1
            }
            run = isLower ? run + 1 : 0
            wasLower = isLower
            hasLower = hasLower || isLower
            capitals = isUpper ? capitals + 1 : 0
            hasCapitals = hasCapitals || capitals > 3
        }
        return humps <= 5 && !(hasLower && hasCapitals)
    }

    /// Whether a value is words alone, with what stands between words.
    static func isWords(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= plainLimit else { return false }
        let words = value.split { ByteSet.wordGap.contains($0) }
        return !words.isEmpty && words.allSatisfy(isWord)
    }

    /// Whether a text is a sentence that is said to people about a secret: `Please enter your password`.
    static func isMessage(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first, first >= 0x41 && first <= 0x5A, value.contains(0x20), isWords(value)
        else {
            return false
        }
        return value.split(separator: 0x20).contains { strength(ofName: $0) != nil }
    }
}
