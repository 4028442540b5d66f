import Basics

/// Instants as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// - SeeAlso: RFC 9110, section 5.6.7
public enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter seconds: whole seconds since 1970-01-01T00:00:00Z.
    public static func text(seconds: Int64) -> String {
        let civil = Timestamp(seconds: seconds).civil
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let place = Int((seconds - (((seconds % 86_400) + 86_400) % 86_400)) / 86_400 % 7)
        let day = days[(place + 7) % 7]
        return "\(day), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
    }
}
