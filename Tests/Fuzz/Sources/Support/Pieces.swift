/// Cuts input in pieces, as a socket would: of sizes that its first byte decides, so that an input says all of a run.
struct Pieces {
    let whole: [UInt8]
    private var state: UInt64

    /// The first byte is how the rest is cut.
    init(_ input: [UInt8]) {
        state = UInt64(input.first ?? 0) &* 0x9e37_79b9_7f4a_7c15 | 1
        whole = Array(input.dropFirst())
    }

    /// The rest in pieces of 1 to 64 bytes, mostly small ones.
    func cut() -> [[UInt8]] {
        var state = state
        var pieces: [[UInt8]] = []
        var rest = whole[...]
        while !rest.isEmpty {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let size = 1 + Int(state >> 8 & 63) >> Int(state & 7)
            pieces.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    /// The rest byte by byte.
    func bytes() -> [[UInt8]] { whole.map { [$0] } }
}
