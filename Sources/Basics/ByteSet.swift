/// A set of byte values with constant-time membership.
struct ByteSet: Sendable {
    private var low: (UInt64, UInt64)

    init(_ text: String) {
        low = (0, 0)
        for unit in text.utf8 { insert(unit) }
    }

    /// The set of the bytes whose bits are set: those below 64, and the others below 128.
    ///
    /// What is asked for at each byte of a text is written so: the compiler knows it, and nothing looks whether it has
    /// been made already.
    private init(_ first: UInt64, _ second: UInt64) { low = (first, second) }

    /// Adds a byte; those above 127 are in no set.
    mutating func insert(_ unit: UInt8) {
        if unit < 64 { low.0 |= 1 << UInt64(unit) } else if unit < 128 { low.1 |= 1 << UInt64(unit - 64) }
    }

    func contains(_ unit: UInt8) -> Bool {
        if unit < 64 { return low.0 >> UInt64(unit) & 1 == 1 }
        return unit < 128 && low.1 >> UInt64(unit - 64) & 1 == 1
    }

    private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let alphanumeric = upper + "abcdefghijklmnopqrstuvwxyz0123456789"

    static let letters = ByteSet(0x03FF_0000_0000_0000, 0x07FF_FFFE_07FF_FFFE)
    static let upperDigits = ByteSet(upper + "0123456789")
    static let digits = ByteSet(0x03FF_0000_0000_0000, 0x0000_0000_0000_0000)
    static let token = ByteSet(0x03FF_2000_0000_0000, 0x07FF_FFFE_87FF_FFFE)
    static let dotted = ByteSet(0x03FF_6000_0000_0000, 0x07FF_FFFE_87FF_FFFE)
    static let base64 = ByteSet(alphanumeric + "+/=")
    static let bearer = ByteSet(alphanumeric + "+/=_-.~")
    static let hash = ByteSet(alphanumeric + "./$=,+_-")
    static let label = ByteSet(upper + "0123456789 ")
    static let dashes = ByteSet("-")
    static let blank = ByteSet(0x0000_0001_0000_2200, 0x0000_0000_0000_0000)
    static let margin = ByteSet(" \t+->|\"'")
    static let lineMargin = ByteSet(0x4800_2809_0000_0200, 0x0000_0000_0000_0000)
    static let scheme = ByteSet(alphanumeric + "+.-")
    /// What cannot stand in a URL as people write them into configuration.
    static let urlEnd = ByteSet(" \t\r\n\"'<>`")
    /// What ends a part of a path in a URL.
    static let partEnd = ByteSet(" \t\r\n\"'<>`/?#&;,)|\\")
    /// What ends an address whose account has a password that nobody encoded, and what may follow its host.
    static let addressEnd = ByteSet(" \t\r\n\"'`\\")
    static let hostEnd = ByteSet(" \t\r\n\"'`\\/?#,;:)]}<>|&")
    static let authorityEnd = ByteSet(" \t\r\n\"'<>`/?#")
    static let wordEnd = ByteSet(" \t\"';")
    static let flagGap = ByteSet(" \t\"',")
    static let directiveEnd = ByteSet(" \t\r\"';")
    static let communityEnd = ByteSet(" \t\r\"';{}")
    static let columnMargin = ByteSet(" \t\r+-")
    /// What may stand before the name of a setting that is written as a call.
    static let callMargin = ByteSet(" \t\r\n(\".")
    static let space = ByteSet(0x0000_0001_0000_2600, 0x0000_0000_0000_0000)
    /// What cannot belong to an account before a colon.
    static let accountStart = ByteSet(" \t\r\n\"'<>`=(),;[]{}|\\")
    static let mountAccount = ByteSet(alphanumeric + "_-.\\/@")
    static let mountMargin = ByteSet(" \t,\"'")
    static let mountEnd = ByteSet(" \t\r\n,\"'")
    static let keyMargin = ByteSet(" \t\"'")
    static let gap = ByteSet(0x0000_0001_0000_0200, 0x0000_0000_0000_0000)
    static let commandWordEnd = ByteSet(" \t|;&")
    /// What may follow the output of a command that is a whole value.
    static let commandMargin = ByteSet(" \t\r\n\"';,)}&|\\")
    /// What may stand between a name and its value besides the words for them.
    static let pairGap = ByteSet(" \t\r\n\"',+-")
    /// What may stand between two members of an object.
    static let memberGap = ByteSet(" \t\r\n,;")
    static let quotes = ByteSet(0x0000_0084_0000_0000, 0x0000_0000_0000_0000)
    /// What a vault's key is written with.
    static let keyDigits = ByteSet(0x03FF_0000_0000_0000, 0x07DF_6DFE_07DF_6DFE)
    /// What may stand between two lines of a vault's key.
    static let keyGap = ByteSet(" \t\r\n+-|>#*\"',;")
    /// What a path is written with.
    static let path = ByteSet(alphanumeric + "_-./@%$+~{}")
    /// What a reference to a variable begins with.
    static let referenceStart = ByteSet("${%#\\")
    /// What stands between the words of a sentence or a list.
    static let wordGap = ByteSet(" \t,.;:?!/()[]'\"%")
    /// What patterns are written with.
    static let patternMarks = ByteSet("[]()\\*")
    /// What names in programs begin with and go on with.
    static let nameStart = ByteSet(upper + "abcdefghijklmnopqrstuvwxyz_@")
    static let names = ByteSet(alphanumeric + "_")
    /// What may follow an expression, end a member or a call, and stand before a line of a program.
    static let expressionEnd = ByteSet(" \t\r,;)}]>?!|=.+-*/:\"'`[")
    static let cellMargin = ByteSet(" \t\r*`")
    /// What may stand between, before and behind references.
    static let referenceGap = ByteSet(" \t\r/.:,;)(]}>@-_+=&|?<[")
    /// What may stand behind the parenthesis that closes a call.
    static let callEnd = ByteSet(" \t\r,;)}]>?!|=.+-*/:\"'`[({&")
    static let closers = ByteSet(",;)}]>:\"'`")
    static let programMargin = ByteSet(" \t+-/*@")
    /// What may begin what is declared.
    static let declared = ByteSet(alphanumeric + "_\"'$%@{([*")
    /// Marks that a password may be made of.
    static let passwordMarks = ByteSet(alphanumeric + "!#$%&*+-./<=?@^_|~")
    /// What ends the label of a line of a vault's key, and what ends a line of code and stands in one, as in no key.
    static let labelEnd = ByteSet(":.)]")
    static let codeEnd = ByteSet("{};()>")
    static let codeSigns = ByteSet("={}()[]/$@")
    /// What may stand behind the reason of a failure.
    static let reasonEnd = ByteSet(";,.:)\"'\r")
    /// What a value or a name within brackets begins with, and what one without quotation marks goes on with.
    static let leafStart = ByteSet(0x03FF_ECFE_0000_0000, 0x47FF_FFFE_C7FF_FFFF)
    static let leaf = ByteSet(alphanumeric + "$+/_.-!@#%&*~^?")
    /// What may follow a name that is given a value.
    static let nameEnd = ByteSet(0x2400_0085_0000_0200, 0x0000_0000_2000_0000)
    /// What a type is written with.
    static let typeName = ByteSet(alphanumeric + "_.&<>[]?'!,*: ")
    static let textMarks = ByteSet("\"'`")
    /// What a path of names in a program is written with, what the type before a sign, what several names that are given
    /// values at once, and what may begin a comment or a text.
    static let members = ByteSet(alphanumeric + "_.")
    static let typeStart = ByteSet(alphanumeric + "*[&<")
    static let typeWord = ByteSet(alphanumeric + "_.&<>[]'*: ")
    static let tuple = ByteSet(alphanumeric + "_., ()\t")
    static let otherStart = ByteSet("\"'`/#-[%;{r(<=")
    /// What joins two texts.
    static let partGap = ByteSet(" \t\r\n+.\\")
    static let mapMargin = ByteSet(" \t+-")
    static let hexDigits = ByteSet("0123456789abcdef")
    static let blockMarks = ByteSet("+-123456789")
}
