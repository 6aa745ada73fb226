internal import HTTP
internal import Reactor

/// Sends the events of one answer (HTML, 9.2 Server-sent events).
public struct RESTEventWriter: Sendable {
    static let heartbeat = Duration.seconds(4)
    /// Bytes that wait for a slow peer, besides what its socket holds: what is newer is not written before they are gone.
    static let buffered = 8 << 10

    private let writer: HTTPBodyWriter

    init(_ writer: HTTPBodyWriter) {
        self.writer = writer
    }

    /// Sends one event; waits while the peer's window is full. Throws when the peer is gone.
    /// - Parameter id: what the peer says it has seen (`Last-Event-ID`) when it connects again; without line breaks. Nil
    ///   for none.
    public func send(_ name: StaticString, id: String? = nil, _ value: some JSONWritable) async throws {
        try await writer.write(Self.frame(name, id: id, JSONWriter.bytes(value)), buffering: Self.buffered)
    }

    /// One event. JSON has no line breaks, so it is one line of data.
    static func frame(_ name: StaticString, id: String? = nil, _ data: [UInt8]) -> [UInt8] {
        var bytes = Array("event: \(name)\n".utf8)
        if let id {
            precondition(id.utf8.allSatisfy { $0 >= 0x20 }, "an event's id is one line")
            bytes.append(contentsOf: "id: \(id)\n".utf8)
        }
        bytes.append(contentsOf: "data: ".utf8)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: "\n\n".utf8)
        return bytes
    }

    /// Runs `body` beside the heartbeat.
    /// - Throws: `RESTEventsFailure` for what `body` threw.
    func run(_ body: @escaping @Sendable (RESTEventWriter) async throws -> Void) async throws {
        try await writer.limitUnsent(Self.buffered)
        try await writer.write(": open\n\n")
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let loop = EventLoop.current {
                group.addTask {
                    while true {
                        try await loop.run { try await loop.sleep(for: Self.heartbeat) }
                        try await writer.write(Array(":\n\n".utf8), buffering: Self.buffered)
                    }
                }
            }
            do {
                try await body(self)
            } catch is CancellationError {
                // The peer is gone.
            } catch {
                throw RESTEventsFailure(cause: error, events: self)
            }
            group.cancelAll()
        }
    }
}
