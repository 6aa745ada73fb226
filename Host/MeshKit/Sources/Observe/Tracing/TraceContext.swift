/// Where a piece of work stands in a distributed trace (W3C Trace Context, level 1).
public struct TraceContext: Hashable, Sendable {
    /// The trace as a whole: 128 bits, never all zero.
    public struct TraceID: Hashable, Sendable, CustomStringConvertible {
        /// The first 64 bits.
        public let high: UInt64
        /// The last 64 bits.
        public let low: UInt64

        /// A new one. Never blocks.
        public static func random() -> TraceID { TraceID(high: TraceIDSource.next(), low: TraceIDSource.next()) }

        /// 32 lower-case hexadecimal digits.
        public var description: String {
            String(unsafeUninitializedCapacity: 32) { space in
                HexDigits.write(high, 16, to: space, at: 0)
                HexDigits.write(low, 16, to: space, at: 16)
                return 32
            }
        }
    }

    /// The trace this belongs to.
    public let traceID: TraceID
    /// This piece of work: 64 bits, never zero.
    public let spanID: UInt64
    /// The piece of work that this is a part of; 0 where there is none, or the header does not say.
    public let parentID: UInt64
    /// The flags of the header; bit 0 is `sampled`.
    public let flags: UInt8
    /// What the vendors before us wrote into `tracestate`, unread, at most 512 characters.
    public let state: String

    /// Whether the caller may have recorded this trace.
    public var isSampled: Bool { flags & 1 == 1 }

    /// The longest `tracestate` that is passed on (section 3.3.1.5); a longer one is dropped as a whole.
    public static let maximumStateLength = 512

    /// Whether its spans are wanted: it is sampled, and this process records. Where it is not sampled, which is nearly
    /// always, one comparison.
    public var isRecorded: Bool { isSampled && Tracer.process.isOn }

    /// Begins a trace with new random ids. Never blocks.
    /// - Parameter sampled: whether it is recorded; nil leaves that to the process's `Tracer`.
    public static func root(sampled: Bool? = nil) -> TraceContext {
        let id = TraceID.random()
        return TraceContext(
            traceID: id,
            spanID: TraceIDSource.next(),
            parentID: 0,
            flags: sampled ?? Tracer.process.samples(id) ? 1 : 0,
            state: ""
        )
    }

    /// A new piece of work in the same trace: what a server makes of the header it got.
    public func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: TraceIDSource.next(), parentID: spanID, flags: flags, state: state)
    }

    /// The same, recorded if the process's `Tracer` says so: strangers at the public door may name a trace, but not have
    /// it recorded.
    public func resampled() -> TraceContext {
        let flags: UInt8 = Tracer.process.samples(traceID) ? 1 : 0
        return TraceContext(traceID: traceID, spanID: spanID, parentID: parentID, flags: flags, state: state)
    }

    /// Reads the header `traceparent` (section 3.2), and passes `tracestate` on.
    ///
    /// Strict: lower-case hexadecimal, version 00 has exactly 55 characters, version ff and all-zero ids are refused.
    /// Of later versions the first 55 characters are read, if the next is `-`. Nil means: begin a new trace.
    public init?(traceparent: String, tracestate: String? = nil) {
        var reader = HexReader(traceparent)
        guard let version = reader.hex(2), version != 0xFF, reader.dash(),
            let high = reader.hex(16), let low = reader.hex(16), high | low != 0, reader.dash(),
            let span = reader.hex(16), span != 0, reader.dash(),
            let flags = reader.hex(2),
            reader.isAtEnd || (version > 0 && reader.dash())
        else { return nil }
        self.init(
            traceID: TraceID(high: high, low: low),
            spanID: span,
            parentID: 0,
            // Only the sampled bit means something in version 00; others must not be passed on as ours.
            flags: UInt8(truncatingIfNeeded: flags) & 1,
            state: Self.accepted(state: tracestate)
        )
    }

    /// The header `traceparent`, version 00: 55 characters.
    public var traceparent: String {
        String(unsafeUninitializedCapacity: 55) { space in
            space[0] = UInt8(ascii: "0")
            space[1] = UInt8(ascii: "0")
            for dash in [2, 35, 52] { space[dash] = UInt8(ascii: "-") }
            HexDigits.write(traceID.high, 16, to: space, at: 3)
            HexDigits.write(traceID.low, 16, to: space, at: 19)
            HexDigits.write(spanID, 16, to: space, at: 36)
            HexDigits.write(UInt64(flags), 2, to: space, at: 53)
            return 55
        }
    }

    /// The header `tracestate`; nil if there is nothing to pass on.
    public var tracestate: String? { state.isEmpty ? nil : state }

    private init(traceID: TraceID, spanID: UInt64, parentID: UInt64, flags: UInt8, state: String) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentID = parentID
        self.flags = flags
        self.state = state
    }

    /// Printable ASCII only: it goes back into a header.
    private static func accepted(state: String?) -> String {
        guard let state, state.utf8.count <= maximumStateLength else { return "" }
        return state.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? state : ""
    }
}
