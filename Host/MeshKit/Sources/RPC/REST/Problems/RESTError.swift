internal import HTTP

/// A request that the REST layer itself refuses.
public struct RESTError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with one field.
    public struct Field: Sendable, Equatable {
        /// The name of the path, query or body member.
        public let field: String
        /// A stable code: "invalid", "repeated", "unknown".
        public let code: String
        /// A sentence.
        public let message: String
    }

    /// The HTTP status.
    public let status: Int
    /// A stable code in lower-kebab-case.
    public let code: String
    /// A sentence.
    public let detail: String
    /// The fields that are wrong.
    public let fields: [Field]
    /// For 405: what the path allows.
    let allow: [String]

    init(_ status: Int, _ code: String, _ detail: String, fields: [Field] = [], allow: [String] = []) {
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields
        self.allow = allow
    }

    /// A refusal of one's own.
    /// - Parameters:
    ///   - status: the HTTP status, 400 to 599.
    ///   - code: a stable code in lower-kebab-case.
    ///   - detail: a sentence.
    public init(status: Int, code: String, _ detail: String) {
        self.init(status, code, detail)
    }

    /// Content that could not be read.
    init(_ error: HTTPError, limit: Int) {
        switch error.status {
        case 413: self.init(413, "too-large", "the body is over \(limit) bytes")
        case 408: self.init(408, "timeout", error.message)
        default: self.init(error.status, "bad-request", error.message)
        }
    }

    /// A member of the body that the route does not have: nothing of the body was taken. 422, because each part of the
    /// request can be read and is refused for what it asks.
    public static func unknownMember(_ name: String) -> RESTError {
        let name = String(name.prefix(64))
        let message = "is no member of this body"
        return RESTError(
            422,
            "unknown-member",
            "\(name): \(message)",
            fields: [Field(field: name, code: "unknown", message: message)]
        )
    }

    static func field(_ name: String, _ code: String, _ message: String) -> RESTError {
        RESTError(400, "validation", "\(name): \(message)", fields: [Field(field: name, code: code, message: message)])
    }

    /// Code and sentence.
    public var description: String { "\(code): \(detail)" }
}
