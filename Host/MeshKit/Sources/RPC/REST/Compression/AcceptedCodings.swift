internal import HTTP

/// The content codings that a request accepts (RFC 9110 §12.5.3), by their weights in thousandths. A value.
struct AcceptedCodings {
    private var namedGzip: Int?
    private var identity: Int?
    private var other: Int?

    /// Reads `accept-encoding`.
    init(_ fields: HTTPFields) {
        WeightedList.scan("accept-encoding", of: fields) { item in
            if item.isNamed("gzip") || item.isNamed("x-gzip") {
                namedGzip = item.weight
            } else if item.isNamed("identity") {
                identity = item.weight
            } else if item.isNamed("*") {
                other = item.weight
            }
        }
    }

    /// Whoever says nothing of gzip gets content as it is, and so does whoever likes that better.
    var prefersGzip: Bool { gzip > 0 && gzip >= identity ?? 0 }

    /// Whether there is a form that is taken: content as it is, unless that is refused, or gzip.
    var includesAny: Bool { identity ?? other ?? 1 > 0 || gzip > 0 }

    private var gzip: Int { namedGzip ?? other ?? 0 }
}
