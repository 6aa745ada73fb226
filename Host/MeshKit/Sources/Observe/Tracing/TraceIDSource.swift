import Synchronization

/// Ids that are unique and evenly spread, not secret. One atomic addition each, no system call.
enum TraceIDSource {
    /// A different start in each process: two replicas must not share a sequence.
    private static let counter = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    /// A number that is not zero (SplitMix64 over a shared counter).
    static func next() -> UInt64 {
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        var value = counter.wrappingAdd(step, ordering: .relaxed).newValue
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        value ^= value >> 31
        return value == 0 ? step : value
    }
}
