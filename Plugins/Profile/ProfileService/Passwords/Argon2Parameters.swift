/// What an Argon2id hash costs (RFC 9106): compared as a whole to see whether a hash is out of date.
struct Argon2Parameters: Hashable, Sendable {
    /// KiB of memory.
    var memory: Int
    /// How often the memory is passed over.
    var passes: Int
    /// How many parts of the memory are independent of each other. One thread does them all.
    var lanes = 1
    /// Bytes of salt.
    static let saltSize = 16
    /// Bytes of tag.
    static let tagSize = 32

    /// What a stored hash may ask for; others are refused, not executed.
    static let memoryBounds = 7_168...524_288
    static let passesBounds = 1...10
    static let lanesBounds = 1...16

    /// OWASP's second choice, and our default: 19 MiB, two passes.
    static let standard = Argon2Parameters(memory: 19_456, passes: 2)

    /// Whether they are within the bounds.
    var isAcceptable: Bool {
        Self.memoryBounds.contains(memory) && Self.passesBounds.contains(passes) && Self.lanesBounds.contains(lanes)
    }
}
