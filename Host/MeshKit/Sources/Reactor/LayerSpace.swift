/// The buffers that the streams of a loop share for what they open and seal, so that an idle one has none.
final class LayerSpace {
    /// What has come from a socket. Not the loop's own buffer, which a delegate may use for what it sends.
    let received = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// Plaintext on its way to a delegate.
    let opened = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// Sealed bytes on their way to a socket; empty between two uses.
    var sealed: [UInt8] = []

    deinit {
        received.deallocate()
        opened.deallocate()
    }

    func clear() {
        sealed.removeAll(keepingCapacity: sealed.count <= 256 << 10)
    }
}
