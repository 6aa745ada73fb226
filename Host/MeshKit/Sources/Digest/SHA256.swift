/// SHA-256 (FIPS 180-4), incremental. For file identities and stamps, where no TLS library should be pulled in.
public struct SHA256: Sendable {
    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
    )
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    /// The state before any byte.
    public init() {
        self.pending.reserveCapacity(64)
    }

    /// The 32 bytes of the digest of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }

    /// Takes the next bytes of the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        self.length &+= UInt64(bytes.count)
        var offset = 0
        if !self.pending.isEmpty {
            let taken = min(64 - self.pending.count, bytes.count)
            self.pending.append(contentsOf: bytes[0..<taken])
            offset = taken
            guard self.pending.count == 64 else { return }
            let block = self.pending
            block.withUnsafeBytes { self.compress($0, at: 0) }
            self.pending.removeAll(keepingCapacity: true)
        }
        while bytes.count - offset >= 64 {
            self.compress(bytes, at: offset)
            offset += 64
        }
        self.pending.append(contentsOf: bytes[offset...])
    }

    /// Takes the UTF-8 of `text`.
    public mutating func update(_ text: String) {
        Array(text.utf8).withUnsafeBytes { self.update($0) }
    }

    /// The 32 bytes of the digest. The value is spent afterwards.
    public consuming func finish() -> [UInt8] {
        let bits = self.length &* 8
        let zeros = (119 - self.pending.count) % 64
        var tail: [UInt8] = [0x80]
        tail.append(contentsOf: repeatElement(0, count: zeros))
        for shift in stride(from: 56, through: 0, by: -8) { tail.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        tail.withUnsafeBytes { self.update($0) }
        var digest: [UInt8] = []
        digest.reserveCapacity(32)
        let state = self.state
        for word in [state.0, state.1, state.2, state.3, state.4, state.5, state.6, state.7] {
            for shift in stride(from: 24, through: 0, by: -8) {
                digest.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return digest
    }

    private mutating func compress(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
            for index in 0..<16 {
                let word = bytes.loadUnaligned(fromByteOffset: offset &+ index &* 4, as: UInt32.self)
                words[index] = UInt32(bigEndian: word)
            }
            for index in 16..<64 {
                let low = words[index &- 15]
                let high = words[index &- 2]
                let first = rotate(low, 7) ^ rotate(low, 18) ^ (low &>> 3)
                let second = rotate(high, 17) ^ rotate(high, 19) ^ (high &>> 10)
                words[index] = words[index &- 16] &+ first &+ words[index &- 7] &+ second
            }
            var (a, b, c, d, e, f, g, h) = self.state
            roundConstants.withUnsafeBufferPointer { constants in
                for index in 0..<64 {
                    let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
                    let choice = (e & f) ^ (~e & g)
                    let first = h &+ sum1 &+ choice &+ constants[index] &+ words[index]
                    let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
                    let majority = (a & b) ^ (a & c) ^ (b & c)
                    (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ sum0 &+ majority)
                }
            }
            self.state.0 &+= a
            self.state.1 &+= b
            self.state.2 &+= c
            self.state.3 &+= d
            self.state.4 &+= e
            self.state.5 &+= f
            self.state.6 &+= g
            self.state.7 &+= h
        }
    }
}

private func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    (word &>> count) | (word &<< (32 &- count))
}

private let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
