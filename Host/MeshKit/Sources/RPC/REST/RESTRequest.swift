public import HTTP
public import SwiftProtobuf

/// A request as its route sees it: values by name, each read at most once, and the rest refused by `finish`.
public struct RESTRequest: Sendable {
    private let variables: [(name: String, value: String)]
    private var parameters: [(name: String, value: String)]
    private let content: [UInt8]
    private let contentType: String?
    /// Method, target and fields as they came; the target's values are better read by the functions below.
    public internal(set) var head = HTTPRequestHead(method: .get, authority: "", target: "/", version: .http1_1)
    /// What the filter around the route gives it; nil without one.
    public internal(set) var attachment: (any Sendable)?
    var source: RESTContent?

    /// The cookies.
    public var cookies: RequestCookies { RequestCookies(head.fields) }

    /// The media type of the content in lower case, without parameters; nil where none is named.
    public var mediaType: String? { contentType?.prefix { $0 != ";" && $0 != " " }.lowercased() }

    /// The content as it comes, for routes made with ``RESTRoute/streamed(maximumBody:timeout:)``. Once.
    public func stream() -> RESTContent {
        guard let source else { preconditionFailure("\(head.method) \(head.path) is not a streamed route") }
        return source
    }

    init(
        variables: [(name: String, value: String)],
        query: Substring?,
        content: [UInt8],
        contentType: String? = "application/json"
    ) throws(RESTError) {
        self.variables = variables
        self.content = content
        self.contentType = contentType
        var parameters: [(name: String, value: String)] = []
        for pair in query?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(parts[0], plusIsSpace: true),
                let value = PercentDecoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { throw RESTError(400, "bad-request", "the query is not percent-encoded UTF-8") }
            parameters.append((name, value))
        }
        self.parameters = parameters
    }

    /// A variable of the path.
    public mutating func path(_ name: StaticString) throws -> String {
        let name = name.description
        guard let value = variables.first(where: { $0.name == name })?.value else {
            preconditionFailure("the route has no variable \(name)")
        }
        return value
    }

    /// A query parameter that comes at most once; nil if it does not come.
    public mutating func query<Value: RESTValue>(_ name: StaticString, as type: Value.Type) throws -> Value? {
        let name = name.description
        let found = take(name)
        guard found.count <= 1 else { throw RESTError.field(name, "repeated", "comes more than once") }
        guard let text = found.first else { return nil }
        guard let value = Value.parse(text) else { throw RESTError.field(name, "invalid", "is not a \(Value.self)") }
        return value
    }

    /// A query parameter that is a list, separated by commas; it may come several times.
    public mutating func queryList<Value: RESTValue>(_ name: StaticString, as type: Value.Type) throws -> [Value] {
        let name = name.description
        return try take(name).flatMap { text in
            try text.split(separator: ",").map { part in
                guard let value = Value.parse(String(part)) else {
                    throw RESTError.field(name, "invalid", "holds something that is not a \(Value.self)")
                }
                return value
            }
        }
    }

    /// The content as a message, from JSON; members that the message does not have are refused
    /// (422).
    ///
    /// Content of another type is refused: a form on a foreign page can send text, but not JSON.
    /// - Parameter numbers: the members that are numbers.
    public mutating func body<M: Message>(_ type: M.Type, numbers: [String] = []) throws -> M {
        guard mediaType == "application/json" else {
            throw RESTError(415, "unsupported-media-type", "the body must be application/json")
        }
        let message: M
        do {
            message = try M(jsonUTF8Bytes: content)
        } catch JSONDecodingError.unknownField(let name) {
            throw RESTError.unknownMember(name)
        } catch {
            throw RESTError(400, "bad-request", "the body is not the JSON that this route takes")
        }
        try checkMembers(numbers)
        return message
    }

    /// Refuses what the message's own reader lets through and the document does not: members that come twice, are null,
    /// have the name of the .proto file, or are a number as text.
    private func checkMembers(_ numbers: [String]) throws {
        guard let members = JSONValue(parsing: content, maximumBytes: content.count)?.object else {
            throw RESTError(400, "bad-request", "the body is not one JSON object, each of whose members comes once")
        }
        for (name, value) in members {
            if name.contains("_") { throw RESTError.unknownMember(name) }
            if value.isNull { throw RESTError.field(name, "invalid", "is null; what is not meant is left out") }
            guard !numbers.contains(name) || value.number != nil else {
                throw RESTError.field(name, "invalid", "must be a number")
            }
        }
    }

    /// Refuses query parameters that nobody has read.
    public func finish() throws {
        guard let unknown = parameters.first?.name else { return }
        throw RESTError.field(String(unknown.prefix(64)), "unknown", "is no parameter of this route")
    }

    private mutating func take(_ name: String) -> [String] {
        let found = parameters.filter { $0.name == name }.map(\.value)
        parameters.removeAll { $0.name == name }
        return found
    }
}
