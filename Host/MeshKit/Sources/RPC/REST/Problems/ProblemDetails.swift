internal import HTTP

/// An error as the public API says it: `application/problem+json` (RFC 9457) with a stable code.
struct ProblemDetails: JSONWritable {
    private(set) var status: Int
    let code: String
    let detail: String
    private var title: String?
    /// Whether the catalogue has the code.
    private(set) var isCatalogued = false
    var fields: [RESTError.Field] = []
    var requestID = ""
    /// For the field of that name; nil for what the status asks for.
    var retryAfter: Duration?

    init(_ error: any Error) {
        let error = (error as? RESTRefusal)?.cause ?? error
        if let error = error as? RESTError {
            self.init(status: error.status, code: error.code, detail: error.detail)
            fields = error.fields
            return
        }
        let status = RPCError(mapping: error)
        let (http, code) = Self.known[status.code] ?? (500, "internal")
        self.init(
            status: http,
            code: http == 500 ? code : status.reason ?? code,
            detail: http == 500 ? "something went wrong on our side" : status.message
        )
        retryAfter = status.retryAfter
        fields = status.fields
    }

    /// The status and the title are those of the catalogue, where it has the code.
    init(_ error: any Error, in catalogue: ProblemCatalogue?, spanish: Bool) {
        self.init(error)
        guard let problem = catalogue?[code] else { return }
        isCatalogued = true
        status = problem.status
        title = spanish ? problem.spanish : problem.english
    }

    init(status: Int, code: String, detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    private static let known: [RPCError.Code: (Int, String)] = [
        .invalidArgument: (400, "validation"), .outOfRange: (400, "validation"),
        .unauthenticated: (401, "unauthorized"), .permissionDenied: (403, "forbidden"),
        .notFound: (404, "not-found"), .alreadyExists: (409, "conflict"), .aborted: (409, "conflict"),
        .failedPrecondition: (422, "refused"), .resourceExhausted: (429, "rate-limited"),
        .cancelled: (499, "cancelled"), .unimplemented: (501, "not-implemented"),
        .unavailable: (503, "unavailable"), .deadlineExceeded: (504, "timeout"),
    ]

    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.key("type")
            json.string(isCatalogued ? ProblemCatalogue.type(code) : "about:blank")
            json.key("title")
            json.string(title ?? Self.titles[status] ?? "Error")
            json.key("status")
            json.number(status)
            json.key("code")
            json.string(code)
            json.key("detail")
            json.string(detail)
            if !requestID.isEmpty {
                json.key("requestId")
                json.string(requestID)
            }
            guard !fields.isEmpty else { return }
            json.key("errors")
            json.array { json in
                for field in fields {
                    json.object { json in
                        json.key("field")
                        json.string(field.field)
                        json.key("code")
                        json.string(field.code)
                        json.key("message")
                        json.string(field.message)
                    }
                }
            }
        }
    }

    private static let titles: [Int: String] = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        406: "Not Acceptable",
        408: "Request Timeout", 409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type",
        422: "Unprocessable Content",
        429: "Too Many Requests", 499: "Client Closed Request", 500: "Internal Server Error", 501: "Not Implemented",
        503: "Service Unavailable", 504: "Gateway Timeout",
    ]
}
