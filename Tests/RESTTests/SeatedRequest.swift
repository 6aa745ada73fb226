import Reactor
import Synchronization

@testable import HTTP

/// A request that takes the way of one that has come by a connection: it may wait with others, else the handler answers.
final class SeatedRequest: HTTPResponseSink, Sendable {
    struct Answer: Sendable {
        var status = 0
        var fields = HTTPFields()
        var body: [UInt8] = []
        /// Whether it waited for its answer with others.
        var isShared = false

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private struct State {
        var answer = Answer()
        var waiting: UnsafeContinuation<Answer, Never>?
    }
    private let state = Mutex(State())

    /// The answer to a GET, or HEAD.
    static func answer(
        _ target: String,
        _ fields: HTTPFields = [:],
        method: HTTPMethod = .get,
        on loop: EventLoop,
        seating: @escaping HTTPSeating,
        handler: @escaping HTTPHandler
    ) async -> Answer {
        let sink = SeatedRequest()
        return await withUnsafeContinuation { waiting in
            sink.state.withLock { $0.waiting = waiting }
            loop.execute {
                HTTPExchange(
                    head: HTTPRequestHead(
                        method: method,
                        authority: "a",
                        target: target,
                        fields: fields,
                        version: .http1_1
                    ),
                    remote: SocketAddress(parsing: "192.0.2.7:4711"),
                    pipe: nil,
                    expectedLength: nil,
                    sink: sink,
                    loop: loop,
                    seating: seating,
                    handler: handler
                ).start()
            }
        }
    }

    func sendHead(_ head: HTTPResponseHead, end: Bool) {
        state.withLock { state in
            state.answer.status = head.status
            state.answer.fields = head.fields
        }
    }

    func send(_ answer: HTTPPreparedResponse, adding fields: HTTPFields, withContent: Bool) {
        state.withLock { state in
            state.answer.status = answer.status
            state.answer.fields = answer.fields
            state.answer.fields.append(contentsOf: fields)
            state.answer.body = withContent ? Array(answer.content.bytes) : []
            state.answer.isShared = true
        }
    }

    func sendBody(_ bytes: [UInt8]) { state.withLock { $0.answer.body += bytes } }
    func sendEnd(trailers: HTTPFields?) {}
    func reset() {}
    func returnWindow(_ bytes: Int) {}
    var bufferedBytes: Int { 0 }

    func handlerEnded() {
        let (waiting, answer) = state.withLock { ($0.waiting, $0.answer) }
        waiting?.resume(returning: answer)
    }
}
