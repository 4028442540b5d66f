import Glibc

extension Timestamp {
    /// A time by the clock on the wall, in the zone that this machine is set to.
    ///
    /// Nil for what no calendar has. Of an hour that comes twice, one of the two.
    package init?(localYear year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        var parts = unsafe tm()
        unsafe parts.tm_year = Int32(year - 1900)
        unsafe parts.tm_mon = Int32(month - 1)
        unsafe parts.tm_mday = Int32(day)
        unsafe parts.tm_hour = Int32(hour)
        unsafe parts.tm_min = Int32(minute)
        unsafe parts.tm_sec = Int32(second)
        unsafe parts.tm_isdst = -1
        let seconds = unsafe mktime(&parts)
        // A day that the month does not have comes out as one of the next.
        guard seconds != -1, unsafe parts.tm_mon == Int32(month - 1) else { return nil }
        self.init(seconds: Int64(seconds))
    }
}
