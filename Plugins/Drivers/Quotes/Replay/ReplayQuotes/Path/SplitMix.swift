/// SplitMix64: the random numbers of price paths, the same on every machine.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A seed for one day of one symbol (FNV-1a), and of a replay.
    init(symbol: String, day: Int32, replay: Int = 0) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in symbol.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let own = UInt64(truncatingIfNeeded: replay) &* 0xD1B5_4A32_D192_ED03
        self.init(seed: hash ^ own ^ UInt64(UInt32(bitPattern: day)) &* 0x9E37_79B9_7F4A_7C15)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0..<`bound`.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a bound is above zero")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number in -`bound`...`bound`.
    mutating func around(_ bound: Int) -> Int { below(2 * bound + 1) - bound }
}
