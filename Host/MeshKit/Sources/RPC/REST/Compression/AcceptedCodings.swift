internal import HTTP

/// The content codings that a request accepts (RFC 9110 §12.5.3). A value.
struct AcceptedCodings {
    private var weights: [String: Double] = [:]

    /// Reads `accept-encoding`; a weight that cannot be read is none at all.
    init(_ fields: HTTPFields) {
        for part in fields.values(for: "accept-encoding").flatMap({ $0.split(separator: ",") }) {
            let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = words.first else { continue }
            let weight = words.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
    }

    /// Whoever says nothing of gzip gets content as it is, and so does whoever likes that better.
    var prefersGzip: Bool { gzip > 0 && gzip >= weights["identity"] ?? 0 }

    /// Whether there is a form that is taken: content as it is, unless that is refused, or gzip.
    var includesAny: Bool { weights["identity"] ?? weights["*"] ?? 1 > 0 || gzip > 0 }

    private var gzip: Double { weights["gzip"] ?? weights["*"] ?? 0 }
}
