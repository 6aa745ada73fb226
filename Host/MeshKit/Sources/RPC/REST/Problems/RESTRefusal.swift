public import HTTP

/// An error whose answer has fields beside those of its problem: a cookie that must go, for example.
public struct RESTRefusal: Error, Sendable {
    /// What went wrong.
    public let cause: any Error
    /// Fields to add to the answer.
    public let fields: HTTPFields

    /// Adds fields to the answer to an error, after those it has already.
    public init(_ cause: any Error, fields: HTTPFields) {
        if let refusal = cause as? RESTRefusal {
            var all = refusal.fields
            all.append(contentsOf: fields)
            self.cause = refusal.cause
            self.fields = all
        } else {
            self.cause = cause
            self.fields = fields
        }
    }
}
