internal import CSystemNGHTTP2
internal import Glibc
internal import Reactor

/// The memory of one session of nghttp2, in one piece: itself, its tables of fields (HPACK) and the buffer that it
/// makes frames in. From malloc they would be in two dozen places, and where thousands of connections take turns, each
/// place is a wait for memory at each request. What comes and goes with a request stays with malloc, which hands out
/// again what was used last, by whichever connection.
///
/// A block of the pool: a head, then what was asked for, in that order and each behind its length, then the buffer.
/// Loop only.
struct HTTP2SessionMemory {
    /// The block of the pool.
    let base: UnsafeMutableRawPointer

    /// Where the buffer begins; the rest of the page before it is written by every connection.
    static let bufferOffset = 7 << 10
    /// What is large enough to be that buffer.
    private static let leastBuffer = 16 << 10
    /// Larger ones come and go with requests.
    private static let mostSmall = 128
    private static let grain = 16
    /// How long the lists of table entries are, and what the entries of one kind of request take.
    private static let listBytes = 1024
    private static let tableBytes = 1400

    private struct Head {
        var next: Int
        var isOpening = true
        /// How far the session's own part goes.
        var own = 0
        /// The ends of the two lists of table entries, which fill from there.
        var lists = (0, 0)
        var hasBuffer = false
        /// Free blocks of 16, 32, … 128 bytes.
        var free:
            (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?,
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
            ) = (nil, nil, nil, nil, nil, nil, nil, nil)
    }

    private var head: UnsafeMutablePointer<Head> { base.assumingMemoryBound(to: Head.self) }

    /// Makes something of a block of the pool.
    init(_ block: UnsafeMutableRawPointer) {
        base = block
        block.initializeMemory(as: Head.self, to: Head(next: MemoryLayout<Head>.stride))
    }

    private init(of user: UnsafeMutableRawPointer) {
        base = user
    }

    /// The session has been made: what is asked for from now on belongs to requests, or to tables.
    func opened() {
        head.pointee.isOpening = false
        head.pointee.own = head.pointee.next
    }

    /// What each request needs: the session itself, the ends of its lists, the entries of its tables, and the beginning
    /// of the buffer.
    var places: [ReadAhead.Place] {
        let lists = [head.pointee.lists.0, head.pointee.lists.1].filter { $0 > 0 }
        let session = (lists.first ?? head.pointee.own + Self.listBytes) - Self.listBytes
        return [ReadAhead.Place(base, bytes: session)]
            + lists.map { ReadAhead.Place(base + $0 - 64, bytes: 64) }
            + [
                ReadAhead.Place(base + head.pointee.own, bytes: Self.tableBytes),
                ReadAhead.Place(base + Self.bufferOffset, bytes: 128),
            ]
    }

    /// For nghttp2, which copies it.
    var functions: nghttp2_mem {
        nghttp2_mem(
            mem_user_data: base,
            malloc: { size, user in user.flatMap { HTTP2SessionMemory(of: $0).make(size) } },
            free: { pointer, user in
                if let pointer, let user { HTTP2SessionMemory(of: user).drop(pointer) }
            },
            calloc: { count, size, user in user.flatMap { HTTP2SessionMemory(of: $0).makeZeroed(count, size) } },
            realloc: { pointer, size, user in user.flatMap { HTTP2SessionMemory(of: $0).resize(pointer, size) } }
        )
    }

    /// As malloc does.
    func make(_ size: Int) -> UnsafeMutableRawPointer? {
        take(size) ?? malloc(size)
    }

    /// As calloc does.
    func makeZeroed(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
        let (total, isTooMuch) = count.multipliedReportingOverflow(by: size)
        guard !isTooMuch, let block = take(total) else { return calloc(count, size) }
        memset(block, 0, total)
        return block
    }

    /// As free does.
    func drop(_ pointer: UnsafeMutableRawPointer) {
        guard contains(pointer) else { return free(pointer) }
        if pointer == base + Self.bufferOffset {
            head.pointee.hasBuffer = false
            return
        }
        let room = room(of: pointer)
        // What the session was made of ends with it.
        guard room <= Self.mostSmall else { return }
        withList(room / Self.grain - 1) { list in
            pointer.storeBytes(of: list, as: UnsafeMutableRawPointer?.self)
            list = pointer
        }
    }

    /// As realloc does.
    func resize(_ pointer: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let pointer else { return make(size) }
        guard contains(pointer) else { return realloc(pointer, size) }
        let present = room(of: pointer)
        guard size > present else { return pointer }
        guard let larger = make(size) else { return nil }
        larger.copyMemory(from: pointer, byteCount: present)
        drop(pointer)
        return larger
    }

    // MARK: Private

    private func contains(_ pointer: UnsafeMutableRawPointer) -> Bool {
        pointer >= base && pointer < base + HTTP2MemoryPool.blockBytes
    }

    /// How many bytes a block of here may have.
    private func room(of pointer: UnsafeMutableRawPointer) -> Int {
        if pointer == base + Self.bufferOffset { return HTTP2MemoryPool.blockBytes - Self.bufferOffset }
        return (pointer - 8).load(as: Int.self)
    }

    private func take(_ size: Int) -> UnsafeMutableRawPointer? {
        if size >= Self.leastBuffer {
            guard !head.pointee.hasBuffer, size <= HTTP2MemoryPool.blockBytes - Self.bufferOffset else { return nil }
            head.pointee.hasBuffer = true
            return base + Self.bufferOffset
        }
        let room = max(Self.grain, (size + Self.grain - 1) / Self.grain * Self.grain)
        guard size <= Self.mostSmall else { return head.pointee.isOpening ? cutOwn(room) : nil }
        let used: UnsafeMutableRawPointer? = withList(room / Self.grain - 1) { list in
            guard let block = list else { return nil }
            list = block.load(as: UnsafeMutableRawPointer?.self)
            return block
        }
        return used ?? cut(room)
    }

    /// A part of the session itself.
    private func cutOwn(_ room: Int) -> UnsafeMutableRawPointer? {
        let block = cut(room)
        if block != nil, room == Self.listBytes { head.pointee.lists = (head.pointee.lists.1, head.pointee.next) }
        return block
    }

    /// A new block; nil if there is no room for it.
    private func cut(_ room: Int) -> UnsafeMutableRawPointer? {
        let block = base + head.pointee.next + 8
        guard head.pointee.next + 8 + room <= Self.bufferOffset else { return nil }
        (block - 8).storeBytes(of: room, as: Int.self)
        head.pointee.next += 8 + room
        return block
    }

    private func withList<Result>(
        _ index: Int,
        _ body: (inout UnsafeMutableRawPointer?) -> Result
    ) -> Result {
        withUnsafeMutableBytes(of: &head.pointee.free) { lists in
            body(&lists.bindMemory(to: UnsafeMutableRawPointer?.self)[index])
        }
    }
}
