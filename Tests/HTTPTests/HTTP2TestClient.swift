import Reactor

@testable import HTTP

/// A client of one HTTP/2 connection, one call at a time.
// Safe: everything but `loop` is touched on the loop alone.
final class HTTP2TestClient: @unchecked Sendable {
    private let loop: EventLoop
    private let connection: HTTP2Connection

    private init(_ address: SocketAddress, _ loop: EventLoop) throws {
        self.loop = loop
        connection = HTTP2Connection(
            .client,
            transport: try ByteStream(connecting: address, loop: loop),
            settings: HTTP2Settings()
        )
        connection.start()
        connection.transport.start()
    }

    static func connect(_ address: SocketAddress, _ loop: EventLoop) async throws -> HTTP2TestClient {
        try await loop.run { try HTTP2TestClient(address, loop) }
    }

    func close() async throws {
        try await loop.run { self.connection.close() }
    }

    func call(_ method: String, _ path: String, _ body: [UInt8] = []) async throws -> HTTP2TestCall.Result {
        try await loop.run {
            let call = HTTP2TestCall()
            var fields = HTTP2Fields()
            fields.append(":method", method)
            if method != "CONNECT" {
                fields.append(":scheme", "http")
                fields.append(":path", path)
            }
            fields.append(":authority", "test")
            let stream = self.connection.open(fields, end: body.isEmpty, call)
            call.stream = stream
            stream?.write(body)
            stream?.finish()
            return await call.result()
        }
    }
}

/// One call of the client. Loop only.
final class HTTP2TestCall: HTTP2StreamHandler {
    struct Result: Sendable {
        var status = ""
        var body: [UInt8] = []
        var code = HTTP2ErrorCode.noError
    }

    var stream: HTTP2Stream?
    private var received = Result()
    private var isClosed = false
    private var waiting: UnsafeContinuation<Void, Never>?

    func result() async -> Result {
        if !isClosed { await withUnsafeContinuation { waiting = $0 } }
        return received
    }

    func headers(_ block: borrowing HTTP2HeaderBlock, isEnd: Bool) {
        var status = ""
        block.forEach { name, value in
            if name.equals(":status") { status = String(decoding: value, as: UTF8.self) }
        }
        if !status.isEmpty { received.status = status }
    }

    func data(_ bytes: UnsafeRawBufferPointer) {
        received.body.append(contentsOf: bytes)
        stream?.consume(bytes.count)
    }

    func receivedEnd() {}
    func drained() {}

    func closed(_ code: HTTP2ErrorCode) {
        received.code = code
        isClosed = true
        stream = nil
        waiting?.resume()
        waiting = nil
    }
}
