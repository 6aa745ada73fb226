/// One finished piece of work of a recorded trace, as it is exported.
public struct Span: Sendable {
    /// Which side of a call it is.
    public enum Kind: Sendable {
        /// Neither.
        case inside
        /// It answered.
        case server
        /// It asked.
        case client
    }

    /// What an attribute says.
    public enum Value: Sendable, Hashable {
        /// A text.
        case text(String)
        /// A whole number.
        case number(Int)
        /// Yes or no.
        case truth(Bool)
    }

    /// Which trace, which span of it, and whose part.
    public let trace: TraceContext
    /// What was done, of few different values: a method, the template of a route.
    public let name: String
    /// Which side of a call.
    public let kind: Kind
    /// When it began.
    public let begun: WallTime
    /// How long it took.
    public let duration: Duration
    /// What else is known. Nothing of it is secret or a person's.
    public let attributes: [(name: String, value: Value)]
    /// What went wrong, safe to show; nil where nothing did.
    public let fault: String?

    /// A span that ends now.
    public init(
        _ trace: TraceContext,
        _ name: String,
        _ kind: Kind,
        nanoseconds: UInt64,
        fault: String?,
        _ attributes: [(name: String, value: Value)]
    ) {
        self.trace = trace
        self.name = name
        self.kind = kind
        duration = .nanoseconds(Int64(clamping: nanoseconds))
        begun = WallTime.now().advanced(by: .zero - duration)
        self.fault = fault
        self.attributes = attributes
    }
}
