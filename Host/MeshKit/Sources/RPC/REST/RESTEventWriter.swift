internal import HTTP
internal import Reactor

/// Sends the events of one answer (HTML, 9.2 Server-sent events).
public struct RESTEventWriter: Sendable {
    static let heartbeat = Duration.seconds(15)

    private let writer: HTTPBodyWriter

    init(_ writer: HTTPBodyWriter) {
        self.writer = writer
    }

    /// Sends one event; waits while the peer's window is full. Throws when the peer is gone.
    public func send(_ name: StaticString, _ value: some JSONWritable) async throws {
        try await writer.write(Self.frame(name, JSONWriter.bytes(value)))
    }

    /// One event. JSON has no line breaks, so it is one line of data.
    static func frame(_ name: StaticString, _ data: [UInt8]) -> [UInt8] {
        var bytes = Array("event: \(name)\ndata: ".utf8)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: "\n\n".utf8)
        return bytes
    }

    /// Runs `body` beside the heartbeat.
    func run(_ body: @escaping @Sendable (RESTEventWriter) async throws -> Void) async throws {
        try await writer.write(": open\n\n")
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let loop = EventLoop.current {
                group.addTask {
                    while true {
                        try await loop.run { try await loop.sleep(for: Self.heartbeat) }
                        try await writer.write(":\n\n")
                    }
                }
            }
            do {
                try await body(self)
            } catch is CancellationError {
                // The peer is gone.
            } catch {
                try await send("problem", ProblemDetails(error))
            }
            group.cancelAll()
        }
    }
}
