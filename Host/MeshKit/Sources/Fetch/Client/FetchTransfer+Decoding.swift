internal import HTTP
internal import Reactor

/// Content that comes coded is decoded here and not by libcurl, which would make megabytes of a buffer's worth of bytes
/// within one call. Each step of the loop decodes for `decodeBudget`, and the transfer pauses while there is more.
extension FetchTransfer {
    /// How long one step decodes, give or take one slice.
    static let decodeBudget = Duration.microseconds(250)
    /// The most that one slice makes.
    static let sliceBytes = 32 << 10
    /// The most that one step makes.
    static let stepBytes = 128 << 10

    /// Sees from the head whether there is something to decode.
    func chooseDecoder(_ head: ResponseHeadParser.Head) throws(FetchError) {
        guard request.method != .head, head.status != 204, head.status != 304 else { return }
        try ContentCoding.checkTransfer(head.fields)
        guard asksForCodings, let coding = try ContentCoding.of(head.fields) else { return }
        decoder = try ContentDecoder(coding)
    }

    /// Within a callback of curl: takes coded bytes, to be decoded in a step of their own.
    func receivedCoded(_ bytes: UnsafeRawBufferPointer, _ decoder: ContentDecoder) -> Int {
        guard decoder.hasRoom else { return pauseReceiving() }
        guard acceptsCoded(bytes.count) else { return 0 }
        clock.answered(loop.now)
        rearm()
        decoder.feed(bytes)
        decodeLater()
        tookContent()
        return bytes.count
    }

    /// The reader has made room.
    func readerMadeRoom() {
        if decoder == nil { resumeReceiving() } else { decodeLater() }
    }

    /// Goes on decoding in a later step.
    func decodeLater() {
        guard !willDecode, !isOver else { return }
        willDecode = true
        loop.execute { self.decodeSome() }
    }

    private func decodeSome() {
        willDecode = false
        guard !isOver, let decoder else { return }
        do throws(FetchError) {
            let begun = MonotonicTime.now()
            var made = 0
            let space = UnsafeMutableRawBufferPointer(rebasing: loop.scratchBuffer[..<Self.sliceBytes])
            repeat {
                // The pipe says when it has room again.
                guard pipe.hasRoom() else { return }
                let count = try decoder.decode(into: space)
                made += count
                guard accepts(count) else {
                    return fail(reason ?? FetchError(.bodyTooLarge, "the content is too large"))
                }
                pipe.push(UnsafeRawBufferPointer(rebasing: space[..<count]))
            } while !decoder.isIdle && made < Self.stepBytes && begun.duration(to: .now()) < Self.decodeBudget
            if !decoder.isIdle {
                decodeLater()
            } else if isReceived {
                try decoder.end()
                return succeed()
            }
            if isReceivePaused, decoder.hasRoom { resumeReceiving() }
        } catch {
            fail(error)
        }
    }
}
