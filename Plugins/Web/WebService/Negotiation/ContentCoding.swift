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
    static func wanted(by fields: HTTPFields, of available: ContentCodings) -> ContentCoding {
        var brotli: Int?
        var gzip: Int?
        var identity: Int?
        var other: Int?
        WeightedList.scan("accept-encoding", of: fields) { item in
            if item.isNamed("br") {
                brotli = item.weight
            } else if item.isNamed("gzip") || item.isNamed("x-gzip") {
                gzip = item.weight
            } else if item.isNamed("identity") {
                identity = item.weight
            } else if item.isNamed("*") {
                other = item.weight
            }
        }
        // Identity is always acceptable unless it is refused; unsaid, it is what is taken where nothing else is.
        let least = max(1, identity ?? 1)
        let ofBrotli = available.contains(.brotli) ? brotli ?? other ?? 0 : 0
        let ofGzip = available.contains(.gzip) ? gzip ?? other ?? 0 : 0
        if ofBrotli >= max(least, ofGzip) { return .brotli }
        return ofGzip >= least ? .gzip : .identity
    }
}
