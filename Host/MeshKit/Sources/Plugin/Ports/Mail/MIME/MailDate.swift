import Observe

/// The date of the Date field (RFC 5322 §3.3), in UTC: `Tue, 24 Nov 2026 01:45:00 +0000`.
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func text(_ time: WallTime) -> String {
        let digits = time.rfc3339(digits: 0)
        let seconds = time.secondsSinceEpoch
        let day = Int((seconds - ((seconds % 86_400) + 86_400) % 86_400) / 86_400)
        let parts = digits.split { "-T:Z".contains($0) }
        let month = months[(Int(parts[1]) ?? 1) - 1]
        return "\(days[((day % 7) + 7) % 7]), \(parts[2]) \(month) \(parts[0])"
            + " \(parts[3]):\(parts[4]):\(parts[5]) +0000"
    }
}
