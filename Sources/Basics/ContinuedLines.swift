/// Lines that end with a backslash and go on in the next one, as shells, units and properties have them.
enum ContinuedLines {
    /// The text with blanks in the place of such line ends, so that offsets stay; nil where there are none.
    static func joined(_ text: [UInt8]) -> [UInt8]? {
        let (backslash, feed, `return`, blank) = (UInt8(ascii: "\\"), UInt8(0x0A), UInt8(0x0D), UInt8(0x20))
        var joined: [UInt8]?
        var offset = 0
        while let place = text[offset...].firstIndex(of: backslash) {
            var end = place + 1
            // Two of them are one that is meant, and continue nothing.
            if end < text.count, text[end] == backslash {
                offset = end + 1
                continue
            }
            if end < text.count, text[end] == `return` { end += 1 }
            guard end < text.count, text[end] == feed else {
                offset = place + 1
                continue
            }
            if joined == nil { joined = text }
            for index in place...end { joined?[index] = blank }
            offset = end + 1
        }
        return joined
    }
}
