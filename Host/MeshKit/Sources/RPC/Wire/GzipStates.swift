internal import Deflate
internal import Reactor

/// Compresses and inflates the messages of one loop's calls. What zlib needs for it is kept for the next message. Each
/// works in slices, between which the loop does other things. Loop only.
final class GzipStates {
    /// States of a kind that are kept while nobody needs them: a deflating one has 256 KB.
    static let mostIdle = 2
    /// One slice takes or makes so much; blocks may be so small that their tables cost more than their content, so it is
    /// not enough to bound what comes out.
    static let inflatingSlice = (input: 8 << 10, output: 64 << 10)

    private var deflaters: [Deflater] = []
    private var inflaters: [Inflater] = []
    /// What comes out of an inflater, before it is added to the output; used within one step.
    private let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)

    deinit {
        space.deallocate()
    }

    /// Those of a loop.
    static func of(_ loop: EventLoop) -> GzipStates {
        loop.attached { GzipStates() }
    }

    /// A message with its prefix, compressed; as it is where that would not make it smaller, or zlib is missing.
    func framed(_ message: [UInt8]) async -> [UInt8] {
        guard let deflater = deflaters.popLast() ?? Deflater() else { return MessageDeframer.frame(message) }
        defer { put(deflater) }
        // The prefix is filled in when the length is known.
        var output = [UInt8](repeating: 0, count: 5)
        output.reserveCapacity(5 + min(message.count, 64 + message.count / 2))
        var taken = 0
        while true {
            let end = min(taken + Deflater.slice, message.count)
            message.withUnsafeBytes { bytes in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[taken..<end])
                deflater.step(piece, isLast: end == message.count, into: &output)
            }
            taken = end
            if taken == message.count { break }
            await Task.yield()
        }
        guard output.count - 5 < message.count else { return MessageDeframer.frame(message) }
        MessageDeframer.fillPrefix(&output, isCompressed: true)
        return output
    }

    /// What a compressed message is.
    /// - Throws: RESOURCE_EXHAUSTED for more than `limit` bytes, counted as they come out; INTERNAL for what is no gzip,
    ///   or not all of it, or followed by something.
    func inflated(_ message: [UInt8], limit: Int) async throws(RPCError) -> [UInt8] {
        let inflater = try takeInflater()
        defer { put(inflater) }
        var output: [UInt8] = []
        // JSON or text becomes four times as long; protocol buffers less.
        output.reserveCapacity(min(limit, message.count * 3))
        var taken = 0
        while true {
            let isEnded = try step(inflater, message, &taken, &output)
            guard output.count <= limit else {
                throw RPCError(.resourceExhausted, "a message is over the limit of \(limit) bytes once inflated")
            }
            if isEnded { break }
            await Task.yield()
        }
        guard taken == message.count else { throw RPCError(.internalError, "something follows a compressed message") }
        return output
    }

    /// - Returns: whether the end has come.
    private func step(
        _ inflater: Inflater,
        _ message: [UInt8],
        _ taken: inout Int,
        _ output: inout [UInt8]
    ) throws(RPCError) -> Bool {
        let (until, most) = (taken + Self.inflatingSlice.input, output.count + Self.inflatingSlice.output)
        do throws(DeflateError) {
            while taken < until, output.count < most {
                let (start, space) = (taken, space)
                let step = try message.withUnsafeBufferPointer { bytes throws(DeflateError) in
                    let piece = UnsafeBufferPointer(rebasing: bytes[start..<min(until, bytes.count)])
                    return try inflater.step(UnsafeRawBufferPointer(piece), into: space)
                }
                taken += step.read
                output.append(contentsOf: space[..<step.wrote])
                if step.isEnd { return true }
                // All is taken and the end has not come: the message was cut.
                if step.isStuck { throw .damaged }
            }
            return false
        } catch {
            throw Self.status(error)
        }
    }

    private static func status(_ error: DeflateError) -> RPCError {
        switch error {
        case .missing(let problem): RPCError(.internalError, problem)
        case .outOfMemory: RPCError(.resourceExhausted, "there is no memory to inflate a message")
        case .damaged: RPCError(.internalError, "a compressed message is damaged")
        }
    }

    private func takeInflater() throws(RPCError) -> Inflater {
        if let idle = inflaters.popLast() { return idle }
        do { return try Inflater(.gzip) } catch { throw Self.status(error) }
    }

    private func put(_ deflater: Deflater) {
        guard deflaters.count < Self.mostIdle else { return }
        deflater.reset()
        deflaters.append(deflater)
    }

    private func put(_ inflater: Inflater) {
        guard inflaters.count < Self.mostIdle, (try? inflater.reset()) != nil else { return }
        inflaters.append(inflater)
    }
}
