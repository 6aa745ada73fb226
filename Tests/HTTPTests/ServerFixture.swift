import Reactor
import Synchronization
import Testing

@testable import HTTP

/// Runs a server on a port of the kernel's choice for as long as `body` runs, which has a thread of its own: its clients
/// block, and would take one of the few that all other tests share.
func withServer(
    _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
    at address: String = "127.0.0.1:0",
    immediate: HTTPImmediate? = nil,
    seating: HTTPSeating? = nil,
    handler: @escaping HTTPHandler = answer,
    _ body: (SocketAddress, HTTPServer) async throws -> Void
) async throws {
    var configuration = HTTPServerConfiguration()
    change(&configuration)
    let group = try EventLoopGroup(count: 2)
    let server = HTTPServer(
        group: group,
        address: try #require(SocketAddress(parsing: address)),
        configuration: configuration,
        immediate: immediate,
        seating: seating,
        handler: handler
    )
    let bound = try await server.start()
    do {
        try await OwnThread.run { try await body(bound, server) }
    } catch {
        await server.drain(deadline: .zero)
        group.shutdown()
        throw error
    }
    await server.drain(deadline: .zero)
    group.shutdown()
}

/// The handler most tests use: what it does is named by the path.
@Sendable func answer(_ request: HTTPRequest) async -> HTTPResponse {
    switch request.head.path {
    case "/echo":
        return HTTPResponse(
            status: 200,
            body: .stream { writer in
                for try await chunk in request.body { try await writer.write(chunk) }
            }
        )
    case "/collect":
        do {
            let bytes = try await request.body.collect(upTo: 1000)
            return .text("\(bytes.count)")
        } catch {
            let error = error as? HTTPError
            return .text("\(error?.code.description ?? "other")", status: error?.status ?? 500)
        }
    case "/large":
        return HTTPResponse(
            status: 200,
            body: .stream { writer in
                for index in 0..<64 { try await writer.write([UInt8](repeating: UInt8(index), count: 100_000)) }
            }
        )
    case "/fails":
        return HTTPResponse(
            status: 200,
            body: .stream { writer in
                try await writer.write("half")
                throw HTTPError(.malformed, "on purpose")
            }
        )
    case "/none":
        return HTTPResponse(status: 204)
    case "/split":
        return HTTPResponse(status: 200, fields: ["x-a": "b\r\nx-evil: c", "bad name": "d", "connection": "x"])
    default:
        return .text("\(request.head.method) \(request.head.target)")
    }
}

/// A place where a handler waits until the test lets it go on, and where the test sees what happened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withUnsafeContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
