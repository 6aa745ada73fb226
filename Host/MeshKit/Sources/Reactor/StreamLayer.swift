/// What stands between a socket and its stream: TLS. Does no I/O; the stream gives it what it reads, and sends what it
/// gives. Loop only.
package protocol StreamLayer: AnyObject {
    /// Whether bytes can be sealed: the handshake is over.
    var isOpen: Bool { get }
    /// How long the handshake may take.
    var handshakeTimeout: Duration { get }

    /// What is sent first of all.
    func begin(_ output: inout [UInt8]) throws(SystemError)

    /// Takes bytes of the socket: off the front of `input`, as far as they make one of the results.
    /// - Parameters:
    ///   - space: for plaintext.
    ///   - output: what the peer is to be sent is added to it, also when an error is thrown.
    func receive(
        _ input: inout UnsafeRawBufferPointer,
        into space: UnsafeMutableRawBufferPointer,
        _ output: inout [UInt8]
    ) throws(SystemError) -> StreamLayerInput

    /// Seals bytes; what is added to `output` goes to the peer.
    func seal(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) throws(SystemError)

    /// Says that nothing more comes.
    func end(_ output: inout [UInt8])

    /// The peer has ended the connection.
    /// - Throws: where it had not said so before.
    func connectionEnded() throws(SystemError)

    /// The connection is gone; nil if in order. `end` may have been called before or not.
    func closed(_ error: SystemError?)
}

/// What a layer made of bytes.
package enum StreamLayerInput {
    /// So many bytes of plaintext; there may be more.
    case plaintext(Int)
    /// The handshake is over; there may be more.
    case opened
    /// All was taken.
    case needsMore
    /// The peer sends no more.
    case end
}
