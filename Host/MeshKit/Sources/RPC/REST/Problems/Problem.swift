/// A problem of the public API's catalogue.
public struct Problem: Sendable {
    /// A stable code in lower-kebab-case.
    public let code: String
    /// The HTTP status.
    public let status: Int
    /// The gRPC status that services say it with; empty for what only the REST layer says.
    public let grpc: String
    /// What happened: a sentence.
    public let english: String
    /// The same in Spanish.
    public let spanish: String
    /// What to do: a sentence.
    public let advice: String
    /// The same in Spanish.
    public let adviceSpanish: String

    /// A problem.
    public init(
        code: String,
        status: Int,
        grpc: String,
        english: String,
        spanish: String,
        advice: String,
        adviceSpanish: String
    ) {
        self.code = code
        self.status = status
        self.grpc = grpc
        self.english = english
        self.spanish = spanish
        self.advice = advice
        self.adviceSpanish = adviceSpanish
    }
}
