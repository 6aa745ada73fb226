/// What all spans of a process say of where they come from.
public struct TraceResource: Sendable {
    /// Names of OpenTelemetry's conventions with their values: `service.name`, `service.instance.id`.
    public let attributes: [(name: String, value: String)]

    /// A resource; its attributes hold nothing secret.
    public init(_ attributes: [(name: String, value: String)]) {
        self.attributes = attributes
    }
}
