internal import Glibc

/// What a connection has still to send: small pieces gathered into one buffer, and between them shared bytes that are
/// sent from where they are. It does no I/O.
struct OutputQueue {
    /// So many pieces are lent at once.
    static let maximumPieces = 16
    /// Below it, gathering is cheaper than a piece of its own.
    static let leastShared = 8 << 10
    /// Fewer bytes that have been sent are kept before those that wait.
    private static let leastDropped = 256 << 10

    /// Shared bytes, and how much of the gathered buffer goes before them.
    private struct Insert {
        var position: Int
        let shared: SharedBytes
        var range: Range<Int>

        /// Whether it goes from its file.
        var isOfFile: Bool { range.count >= SharedBytes.leastInFile && shared.descriptor != nil }
    }

    /// A part of a file that is to be sent first.
    struct FilePart {
        let descriptor: Int32
        let offset: Int
        let count: Int
    }

    private var gathered: [UInt8] = []
    private var taken = 0
    private var inserts: [Insert] = []
    private var firstInsert = 0
    /// Bytes to send.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    /// Bytes of the gathered buffer, those among them that have been sent.
    var gatheredBytes: Int { gathered.count }

    /// Adds a copy of bytes.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        gathered.append(contentsOf: bytes)
        count += bytes.count
    }

    /// Adds what `body` appends.
    mutating func gather(_ body: (inout [UInt8]) -> Void) {
        let before = gathered.count
        body(&gathered)
        precondition(gathered.count >= before, "what waits is not taken back")
        count += gathered.count - before
    }

    /// Adds a part of shared bytes: as they are, or a copy of a small one.
    mutating func append(_ shared: SharedBytes, _ range: Range<Int>) {
        guard range.count >= Self.leastShared else {
            return append(UnsafeRawBufferPointer(rebasing: shared.bytes[range]))
        }
        inserts.append(Insert(position: gathered.count, shared: shared, range: range))
        count += range.count
    }

    /// The part of a file that is to be sent first, if it is one. Its file is open as long as the part is waiting.
    var filePart: FilePart? {
        guard firstInsert < inserts.count else { return nil }
        let first = inserts[firstInsert]
        guard first.position == taken, first.isOfFile, let descriptor = first.shared.descriptor else { return nil }
        return FilePart(descriptor: descriptor, offset: first.range.lowerBound, count: first.range.count)
    }

    /// Lends what is to be sent first, in order, and for the call alone. A part of a file and what is behind it is not
    /// among that, unless the part is the first: whether one follows is the second parameter.
    /// - Parameter inMemory: files are lent as what they have in memory.
    func withPieces<Result>(inMemory: Bool = false, _ body: (UnsafeBufferPointer<iovec>, Bool) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.maximumPieces) { space in
            gathered.withUnsafeBytes { bytes in
                var filled = 0
                func add(_ piece: Slice<UnsafeRawBufferPointer>) {
                    guard !piece.isEmpty, filled < space.count else { return }
                    // The kernel only reads it.
                    let start = UnsafeMutableRawPointer(mutating: UnsafeRawBufferPointer(rebasing: piece).baseAddress)
                    space.initializeElement(at: filled, to: iovec(iov_base: start, iov_len: piece.count))
                    filled += 1
                }
                var place = taken
                var index = firstInsert
                while index < inserts.count, filled < space.count {
                    add(bytes[place..<inserts[index].position])
                    place = inserts[index].position
                    if filled > 0, !inMemory, inserts[index].isOfFile {
                        return body(UnsafeBufferPointer(rebasing: space[..<filled]), true)
                    }
                    add(inserts[index].shared.bytes[inserts[index].range])
                    index += 1
                }
                // A piece that found no room stays for the next call, and so does what comes after it.
                if filled < space.count { add(bytes[place...]) }
                return body(UnsafeBufferPointer(rebasing: space[..<filled]), false)
            }
        }
    }

    /// So many bytes have been sent.
    mutating func advance(_ sent: Int) {
        precondition(sent <= count, "more was sent than there was")
        count -= sent
        guard count > 0 else { return clear() }
        var left = sent
        while left > 0 {
            let isInsertNext = firstInsert < inserts.count && inserts[firstInsert].position == taken
            if isInsertNext {
                let step = min(left, inserts[firstInsert].range.count)
                inserts[firstInsert].range.removeFirst(step)
                if inserts[firstInsert].range.isEmpty { firstInsert += 1 }
                left -= step
            } else {
                let end = firstInsert < inserts.count ? inserts[firstInsert].position : gathered.count
                let step = min(left, end - taken)
                taken += step
                left -= step
            }
        }
        // Each byte is moved once at the most.
        if taken >= Self.leastDropped, taken >= gathered.count - taken { compact() }
    }

    /// Forgets everything.
    mutating func removeAll() {
        count = 0
        clear()
    }

    private mutating func clear() {
        taken = 0
        firstInsert = 0
        // A large buffer is given back; small ones are kept for the next turn.
        gathered.removeAll(keepingCapacity: gathered.count <= 256 << 10)
        if !inserts.isEmpty { inserts.removeAll(keepingCapacity: inserts.count <= 64) }
    }

    private mutating func compact() {
        gathered.removeSubrange(..<taken)
        inserts.removeSubrange(..<firstInsert)
        for index in inserts.indices { inserts[index].position -= taken }
        taken = 0
        firstInsert = 0
    }
}

extension Range<Int> {
    fileprivate mutating func removeFirst(_ count: Int) { self = (lowerBound + count)..<upperBound }
}
