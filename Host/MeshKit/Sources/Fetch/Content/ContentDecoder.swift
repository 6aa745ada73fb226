internal import Deflate

/// Undoes gzip or deflate, a slice at a time, so that nobody waits for what a few bytes may become. Without I/O. For one
/// thread at a time.
final class ContentDecoder {
    /// Bytes that may wait in it.
    static let inputBytes = 64 << 10
    /// Bytes of input that one slice takes at the most. Blocks may be so small that their tables cost more than their
    /// content; so it is not enough to bound the output.
    static let sliceInput = 4 << 10

    private enum Position {
        /// Before the first byte.
        case start
        /// Within a stream, or a member of gzip.
        case inside
        /// Behind one.
        case behind
    }

    private let coding: ContentCoding
    /// Made for the first byte, which may say what it has to undo.
    private var inflater: Inflater?
    private var position = Position.start
    private var input: [UInt8] = []
    private var taken = 0
    /// Whether the last slice filled its space, so that more may come out without more going in.
    private var mayHoldMore = false

    /// - Throws: `internalError` when zlib or memory is missing.
    init(_ coding: ContentCoding) throws(FetchError) {
        if let problem = Inflater.problem { throw FetchError(.internalError, problem) }
        self.coding = coding
    }

    /// Whether `feed` may be called.
    var hasRoom: Bool { input.count - taken < Self.inputBytes }
    /// Whether all that was fed has come out.
    var isIdle: Bool { taken == input.count && !mayHoldMore }

    /// Takes coded bytes.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        if taken == input.count {
            input.removeAll(keepingCapacity: true)
            taken = 0
        } else if taken >= Self.inputBytes {
            input.removeSubrange(..<taken)
            taken = 0
        }
        input.append(contentsOf: bytes)
    }

    /// Decodes until `space` is full, `sliceInput` bytes are taken, or nothing is left.
    ///
    /// - Returns: how many bytes of `space` were filled; 0 does not mean that nothing is left: see `isIdle`.
    /// - Throws: `protocolViolation` for what is damaged, or follows the end; the decoder is of no use afterwards.
    func decode(into space: UnsafeMutableRawBufferPointer) throws(FetchError) -> Int {
        precondition(space.count > 0, "decoding needs space")
        var slice = min(input.count - taken, Self.sliceInput)
        var made = 0
        while made < space.count, slice > 0 || mayHoldMore {
            if position != .inside { try begin(input[taken]) }
            let step = try inflateOnce(slice, UnsafeMutableRawBufferPointer(rebasing: space[made...]))
            taken += step.read
            slice -= step.read
            made += step.wrote
            mayHoldMore = made == space.count
            if step.isEnd {
                position = .behind
                mayHoldMore = false
            }
            // No progress is none only without more input or space.
            guard !step.isStuck || slice == 0 || mayHoldMore else { throw damaged }
        }
        return made
    }

    /// Nothing more follows what was fed, and all of it has come out.
    ///
    /// - Throws: `protocolViolation` when something is missing: the content was cut.
    func end() throws(FetchError) {
        precondition(isIdle, "what was fed is decoded before the end")
        // No content at all is none, whatever its coding: the answer to HEAD, or an empty one.
        guard position != .inside else {
            throw FetchError(.protocolViolation, "the content ends before its coding does")
        }
    }

    private var damaged: FetchError { FetchError(.protocolViolation, "the content's coding is damaged") }

    /// Sets up for a stream whose first byte is `first`.
    private func begin(_ first: UInt8) throws(FetchError) {
        switch (position, coding) {
        case (.start, .gzip): try open(.gzip)
        // The first byte of RFC 1950 says deflate with a window of at most 32 KB. In RFC 1951 the same bits are a stored
        // block with padding that is not zero, which nobody writes.
        case (.start, .deflate): try open(first & 0x0f == 8 && first >> 4 <= 7 ? .zlib : .raw)
        case (.behind, .gzip): do { try inflater?.reset() } catch { throw self.error(error) }
        default: throw FetchError(.protocolViolation, "something follows the end of the content")
        }
        position = .inside
    }

    private func open(_ form: Inflater.Form) throws(FetchError) {
        do { inflater = try Inflater(form) } catch { throw self.error(error) }
    }

    private func inflateOnce(
        _ count: Int,
        _ space: UnsafeMutableRawBufferPointer
    ) throws(FetchError) -> Inflater.Step {
        do {
            return try input.withUnsafeBufferPointer { input throws(DeflateError) in
                guard let inflater else { throw .damaged }
                let piece = UnsafeBufferPointer(rebasing: input[taken..<(taken + count)])
                return try inflater.step(UnsafeRawBufferPointer(piece), into: space)
            }
        } catch {
            throw self.error(error)
        }
    }

    private func error(_ error: DeflateError) -> FetchError {
        switch error {
        case .missing(let problem): FetchError(.internalError, problem)
        case .outOfMemory: FetchError(.internalError, "out of memory")
        case .damaged: damaged
        }
    }
}
