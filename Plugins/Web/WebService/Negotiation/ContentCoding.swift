import HTTP

/// How content is compressed on the way (RFC 9110 §8.4.1); the better ones first.
enum ContentCoding: Int, CaseIterable {
    case brotli, gzip, identity

    /// The name in `content-encoding`; nil where there is no such field.
    var name: String? {
        switch self {
        case .brotli: "br"
        case .gzip: "gzip"
        case .identity: nil
        }
    }

    /// What a request likes best of what there is (RFC 9110 §12.5.3), by weight, and of equals the smaller content.
    ///
    /// Whoever says nothing gets it as it is. So does whoever refuses everything: an answer is worth more than 406.
    static func wanted(by fields: HTTPFields, of available: Set<ContentCoding>) -> ContentCoding {
        let list = WeightedList("accept-encoding", of: fields)
        guard !list.items.isEmpty else { return .identity }
        var weights: [Int?] = [nil, nil, nil]
        var other: Int?
        for item in list.items {
            if item.isNamed("br") {
                weights[brotli.rawValue] = item.weight
            } else if item.isNamed("gzip") || item.isNamed("x-gzip") {
                weights[gzip.rawValue] = item.weight
            } else if item.isNamed("identity") {
                weights[identity.rawValue] = item.weight
            } else if item.isNamed("*") {
                other = item.weight
            }
        }
        var best = identity
        // Identity is always acceptable unless it is refused; unsaid, it is what is taken where nothing else is.
        var bestWeight = weights[identity.rawValue] ?? 0
        for coding in [gzip, brotli] where available.contains(coding) {
            let weight = weights[coding.rawValue] ?? other ?? 0
            if weight > 0, weight >= bestWeight {
                best = coding
                bestWeight = weight
            }
        }
        return best
    }
}
