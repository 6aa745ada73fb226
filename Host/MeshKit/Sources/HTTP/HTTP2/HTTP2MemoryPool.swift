internal import Glibc
internal import Synchronization

/// Where the memory of sessions of nghttp2 comes from: blocks of 24 KiB, most of which is the buffer that a session
/// makes frames in, and of which an idle connection has written two pages. From malloc they would be made of what
/// handshakes of TLS have left, all of it resident; here each has pages of its own, which are none until they are
/// written. Any thread.
// Safe: `base` is set in `init` and never changed; what changes is behind the lock.
final class HTTP2MemoryPool: @unchecked Sendable {
    static let shared = HTTP2MemoryPool()

    /// Whole pages: 7 KiB before the buffer, its 16,394 bytes, and what another version may add.
    static let blockBytes = 24 << 10
    /// Address space; the sessions above it are in malloc's memory.
    private static let regionBytes = 1 << 30
    /// Blocks that are kept with the pages that somebody wrote, for the next connections.
    private static let mostWarm = 64

    private struct State {
        var fresh = 0
        /// Places of blocks that were given back: with their pages, and without.
        var warm: [Int32] = []
        var cold: [Int32] = []
    }
    private let state = Mutex(State())
    private let base: UnsafeMutableRawPointer?

    init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let region = mmap(nil, Self.regionBytes, PROT_READ | PROT_WRITE, flags, -1, 0)
        base = region == MAP_FAILED ? nil : region
        // A huge page would be resident as a whole.
        if let base { madvise(base, Self.regionBytes, MADV_NOHUGEPAGE) }
    }

    deinit {
        if let base { munmap(base, Self.regionBytes) }
    }

    /// Blocks that are out.
    var count: Int { state.withLock { $0.fresh - $0.warm.count - $0.cold.count } }

    /// A block; nil when there is none left.
    func take() -> UnsafeMutableRawPointer? {
        guard let base else { return nil }
        let place: Int32? = state.withLock { state in
            if let warm = state.warm.popLast() { return warm }
            if let cold = state.cold.popLast() { return cold }
            guard (state.fresh + 1) * Self.blockBytes <= Self.regionBytes else { return nil }
            defer { state.fresh += 1 }
            return Int32(state.fresh)
        }
        return place.map { base + Int($0) * Self.blockBytes }
    }

    /// Takes a block back.
    func give(_ block: UnsafeMutableRawPointer) {
        guard let base else { return }
        let place = Int32((block - base) / Self.blockBytes)
        let isWarm = state.withLock { state in
            guard state.warm.count < Self.mostWarm else { return false }
            state.warm.append(place)
            return true
        }
        guard !isWarm else { return }
        madvise(block, Self.blockBytes, MADV_DONTNEED)
        state.withLock { $0.cold.append(place) }
    }
}
