internal import Reactor

/// Rows on their way from a connection to whoever reads them; while it is full the connection does not read. Loop only.
// Safe: touched on `loop` alone; the public stream hops there.
final class PostgresRowQueue: @unchecked Sendable {
    /// So much is kept at the most, before the connection stops reading.
    static let maximumRows = 256
    static let maximumBytes = 512 << 10

    let loop: EventLoop
    /// The connection of the request, which is asked for more.
    weak var request: PostgresRequest?
    private var rows = FIFO<PostgresResult>()
    private var bytes = 0
    private var outcome: Result<PostgresResult, PostgresError>?
    private var waiting: UnsafeContinuation<Void, Never>?

    init(loop: EventLoop) { self.loop = loop }

    var isFull: Bool { rows.count >= Self.maximumRows || bytes >= Self.maximumBytes }

    func append(_ row: PostgresResult) {
        rows.append(row)
        bytes += row.bytes
        wake()
    }

    func finish(_ outcome: Result<PostgresResult, PostgresError>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        if case .failure(let error) = outcome, error.code == .cancelled || error.code == .timeout {
            // The caller is to return at once.
            rows = FIFO()
        }
        wake()
    }

    /// The next row; nil at the end.
    func next() async throws(PostgresError) -> PostgresResult? {
        while true {
            if !rows.isEmpty {
                let row = rows.removeFirst()
                bytes -= row.bytes
                if rows.count < Self.maximumRows / 2, bytes < Self.maximumBytes / 2 {
                    request?.connection?.rowsWanted()
                }
                return row
            }
            switch outcome {
            case .failure(let error): throw error
            case .success: return nil
            case nil: await withUnsafeContinuation { waiting = $0 }
            }
        }
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }
}
