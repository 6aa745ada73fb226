/// What a layer has sealed and the kernel has not taken yet.
struct SealedBytes {
    private var bytes: [UInt8] = []
    private var taken = 0

    var count: Int { bytes.count - taken }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: ArraySlice<UInt8>) {
        bytes.append(contentsOf: more)
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[taken...])) }
    }

    mutating func advance(_ sent: Int) {
        taken += sent
        if isEmpty { removeAll() }
    }

    mutating func removeAll() {
        bytes = []
        taken = 0
    }
}
