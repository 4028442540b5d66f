extension Timestamp {
    /// The instant that RFC 3339 in any zone tells, such as `2026-11-21T09:30:00.5+01:00`; nil for anything else.
    package static func inAnyZone(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.last != UInt8(ascii: "Z") else { return Timestamp(text) }
        let zone = bytes.suffix(6)
        guard zone.count == 6,
            let sign = [UInt8(ascii: "+"): -1, UInt8(ascii: "-"): 1][zone[zone.startIndex]],
            let local = Timestamp(String(decoding: bytes.dropLast(6), as: UTF8.self) + "Z"),
            // The zone has the form of a time of day.
            let offset = Timestamp("1970-01-01T" + String(decoding: zone.dropFirst(), as: UTF8.self) + ":00Z")
        else { return nil }
        return local + .seconds(Int64(sign) * offset.seconds)
    }
}
