internal import CSystemNGHTTP2
internal import Glibc
internal import Synchronization

/// Where nghttp2 has the buffer of each session that it makes frames in: 16 KiB, of which an idle connection has written one
/// page. From malloc it would be made of what handshakes of TLS have left, all of it resident; here each has pages of its own,
/// which are none until they are written. Everything else nghttp2 allocates comes from malloc. Any thread.
// Safe: `base` and `memory` are set in `init` and never changed; what changes is behind the lock.
final class HTTP2FramePool: @unchecked Sendable {
    static let shared = HTTP2FramePool()

    /// Whole pages for the buffer: its 16,394 bytes, and what another version may add.
    static let blockBytes = 20 << 10
    /// From so many bytes on it is such a buffer.
    private static let least = 16 << 10
    /// Address space; the connections above it have their buffers from malloc.
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
    /// For nghttp2.
    let memory: UnsafeMutablePointer<nghttp2_mem>

    init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let region = mmap(nil, Self.regionBytes, PROT_READ | PROT_WRITE, flags, -1, 0)
        base = region == MAP_FAILED ? nil : region
        // A huge page would be resident as a whole.
        if let base { madvise(base, Self.regionBytes, MADV_NOHUGEPAGE) }
        memory = .allocate(capacity: 1)
        memory.initialize(
            to: nghttp2_mem(
                mem_user_data: nil,
                malloc: { size, _ in HTTP2FramePool.shared.make(size) },
                free: { pointer, _ in
                    guard let pointer else { return }
                    let pool = HTTP2FramePool.shared
                    if pool.contains(pointer) { pool.give(pointer) } else { free(pointer) }
                },
                calloc: { count, size, _ in calloc(count, size) },
                realloc: { pointer, size, _ in HTTP2FramePool.shared.resize(pointer, size) }
            )
        )
    }

    deinit {
        if let base { munmap(base, Self.regionBytes) }
        memory.deallocate()
    }

    /// Blocks that are out.
    var count: Int { state.withLock { $0.fresh - $0.warm.count - $0.cold.count } }

    /// As malloc does: a block for what is one's size.
    func make(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size >= Self.least, size <= Self.blockBytes else { return malloc(size) }
        return take() ?? malloc(size)
    }

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

    /// Whether something is a block of here.
    func contains(_ pointer: UnsafeMutableRawPointer) -> Bool {
        guard let base else { return false }
        return pointer >= base && pointer < base + Self.regionBytes
    }

    /// As realloc does.
    func resize(_ pointer: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let pointer else { return make(size) }
        guard contains(pointer) else { return realloc(pointer, size) }
        guard size > Self.blockBytes else { return pointer }
        guard let larger = malloc(size) else { return nil }
        larger.copyMemory(from: pointer, byteCount: Self.blockBytes)
        give(pointer)
        return larger
    }
}
