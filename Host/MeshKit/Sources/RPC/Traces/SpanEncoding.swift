internal import Observe
internal import SwiftProtobuf

/// Spans as OTLP has them.
enum SpanEncoding {
    typealias Request = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest
    private typealias Wire = Opentelemetry_Proto_Trace_V1_Span
    private typealias Attribute = Opentelemetry_Proto_Common_V1_KeyValue

    static func request(_ spans: [Span], from resource: TraceResource) -> Request {
        var scope = Opentelemetry_Proto_Trace_V1_ScopeSpans()
        scope.scope.name = "lonja"
        scope.spans = spans.map(wire)
        var all = Opentelemetry_Proto_Trace_V1_ResourceSpans()
        all.resource.attributes = resource.attributes.map { attribute($0.name, .text($0.value)) }
        all.scopeSpans = [scope]
        var request = Request()
        request.resourceSpans = [all]
        return request
    }

    private static func wire(_ span: Span) -> Wire {
        var wire = Wire()
        append(span.trace.traceID.high, to: &wire.traceID)
        append(span.trace.traceID.low, to: &wire.traceID)
        append(span.trace.spanID, to: &wire.spanID)
        if span.trace.parentID != 0 { append(span.trace.parentID, to: &wire.parentSpanID) }
        wire.traceState = span.trace.state
        wire.flags = UInt32(span.trace.flags)
        wire.name = span.name
        switch span.kind {
        case .inside: wire.kind = .internal
        case .server: wire.kind = .server
        case .client: wire.kind = .client
        }
        wire.startTimeUnixNano = UInt64(clamping: span.begun.nanosecondsSinceEpoch)
        wire.endTimeUnixNano = UInt64(clamping: span.begun.advanced(by: span.duration).nanosecondsSinceEpoch)
        wire.attributes = span.attributes.map { attribute($0.name, $0.value) }
        if let fault = span.fault {
            wire.status.code = .error
            wire.status.message = fault
        }
        return wire
    }

    /// Ids are sent with their first digit first.
    private static func append(_ id: UInt64, to bytes: inout some RangeReplaceableCollection<UInt8>) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: id >> shift)) }
    }

    private static func attribute(_ name: String, _ value: Span.Value) -> Attribute {
        var attribute = Attribute()
        attribute.key = name
        switch value {
        case .text(let text): attribute.value.stringValue = text
        case .number(let number): attribute.value.intValue = Int64(number)
        case .truth(let truth): attribute.value.boolValue = truth
        }
        return attribute
    }
}
