import Reactor
import Testing

@testable import Valkey

/// A peer that lets a client in as a server does, and then does what no server should. Not a stand-in for one: for what
/// a real server cannot be brought to do.
final class FakePeer: Sendable {
    private let listener: Listener

    /// - Parameter answer: what is sent when the bytes behind the handshake come; nil closes the connection.
    init(_ group: EventLoopGroup, isReading: Bool = true, answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) throws {
        let address = try #require(SocketAddress(parsing: "127.0.0.1:0"))
        let loop = group.loops[group.loops.count - 1]
        listener = try Listener(address, group: group) { descriptor, remote, _ in
            loop.execute {
                let stream = ByteStream(descriptor: descriptor, loop: loop, remote: remote)
                stream.delegate = Answerer(stream, isReading: isReading, answer)
                stream.start()
            }
        }
    }

    var endpoint: ValkeyEndpoint { ValkeyEndpoint(listener.address) }

    func close() { listener.close() }
}

// Safe: touched on the stream's loop alone.
private final class Answerer: ByteStreamDelegate, @unchecked Sendable {
    private let stream: ByteStream
    private let isReading: Bool
    private let answer: @Sendable ([UInt8]) -> [UInt8]?
    private var isIn = false

    init(_ stream: ByteStream, isReading: Bool, _ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) {
        self.stream = stream
        self.isReading = isReading
        self.answer = answer
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        if !isIn {
            isIn = true
            stream.write(Array("+OK\r\n+PONG\r\n".utf8))
            if !isReading { stream.pauseReading() }
            return
        }
        guard let answer = answer(Array(bytes)) else { return stream.close() }
        stream.write(answer)
    }

    func receivedEnd() { stream.close() }

    func closed(_ error: SystemError?) {}
}
