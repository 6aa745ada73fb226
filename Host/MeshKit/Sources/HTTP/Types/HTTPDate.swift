internal import Glibc

/// The `date` field (RFC 9110 §5.6.7), made once a second per thread that serves.
struct HTTPDate {
    private var second: Int = .min
    private var text = ""
    private var bytes: [UInt8] = []

    /// The value of `date` for this moment.
    mutating func now() -> String {
        look()
        return text
    }

    /// The whole field for this moment, as a line of HTTP/1.1.
    mutating func line() -> [UInt8] {
        look()
        return bytes
    }

    private mutating func look() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        guard time.tv_sec != second else { return }
        second = time.tv_sec
        text = Self.format(second)
        bytes = Array("date: \(text)\r\n".utf8)
    }

    /// IMF-fixdate of a Unix time, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func format(_ unixSeconds: Int) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var seconds = time_t(unixSeconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return """
            \(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year) \
            \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT
            """
    }
}
