internal import Reactor

/// What a server that fails a call says of trying again (`grpc-retry-pushback-ms`, gRFC A6): a client that retries obeys
/// it instead of its own back-off.
public enum RetryPushback: Sendable, Equatable {
    /// Not before so much time has passed.
    case after(Duration)
    /// Not at all.
    case never

    /// The value of the field.
    var wireValue: String {
        switch self {
        case .after(let delay): Self.milliseconds(delay)
        case .never: "-1"
        }
    }

    /// Rounded up, and no more than a client reads.
    private static func milliseconds(_ delay: Duration) -> String {
        let (whole, rest) = max(0, delay.wholeNanoseconds).quotientAndRemainder(dividingBy: 1_000_000)
        return String(min(rest == 0 ? whole : whole + 1, Int64(Int32.max)))
    }

    /// Reads the field. What is no number of 32 bits, or below 0, means that there is to be no retry.
    init(wire value: UnsafeRawBufferPointer) {
        guard (1...10).contains(value.count), value.allSatisfy({ (0x30...0x39).contains($0) }),
            let milliseconds = Int32(String(decoding: value, as: UTF8.self))
        else {
            self = .never
            return
        }
        self = .after(.milliseconds(Int64(milliseconds)))
    }
}
