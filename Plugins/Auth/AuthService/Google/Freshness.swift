import HTTP
import Observe

/// How long an answer may be kept: as its `cache-control` says (RFC 9111 §5.2.2), within bounds.
struct Freshness: Sendable {
    /// For an answer that says less, or nothing.
    static let shortest = Duration.seconds(300)
    /// For one that says more.
    static let longest = Duration.seconds(86_400)

    static func lifetime(_ fields: HTTPFields) -> Duration {
        var seconds: Int?
        for value in fields.values(for: "cache-control") {
            for part in value.lowercased().split(separator: ",") {
                let words = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\"" } }
                switch words.first {
                case "no-store", "no-cache": return shortest
                case "max-age": seconds = words.count == 2 ? Int(words[1]).map { min($0, seconds ?? $0) } : nil
                default: break
                }
            }
        }
        guard let seconds else { return shortest }
        let age = fields["age"].flatMap { Int($0) } ?? 0
        return min(max(.seconds(min(seconds, 1 << 32) - min(max(age, 0), 1 << 32)), shortest), longest)
    }
}
