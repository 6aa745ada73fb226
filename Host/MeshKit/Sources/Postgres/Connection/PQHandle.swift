internal import CLazyLibraries
internal import CSystemPQ
internal import CSystemSSL
internal import Glibc
internal import Reactor

/// Owns one connection of libpq, and has only those of its functions that do not wait for the network.
// Safe: whoever has it uses it alone. While a connection is made that is the thread of the blocking pool whose turn it
// is; from then on it is the loop of the `PostgresConnection`.
final class PQHandle: @unchecked Sendable {
    enum Progress { case waitsToRead, waitsToWrite, connected, failed }
    enum Flushed { case done, waits, failed }

    /// What libpq reads at once, unless a single row is larger.
    static let bufferBytes = 16 << 10

    private let pointer: OpaquePointer
    private let pool: BlockingPool
    /// A reference of our own, so that libpq does not free all the authorities, a millisecond's work, on the loop when it
    /// finds that the server has gone.
    private var tlsContext: OpaquePointer?

    /// Begins to connect. Call `poll` until it is connected or has failed; both may resolve names, read certificates and
    /// compute keys, so neither belongs on a loop.
    /// - Parameter pool: where what is large is freed.
    init?(_ parameters: [(key: String, value: String)], pool: BlockingPool) {
        // libpq copies them; the password is wiped from our copy.
        var keys: [UnsafeMutablePointer<CChar>?] = parameters.map { strdup($0.key) } + [nil]
        var values: [UnsafeMutablePointer<CChar>?] = parameters.map { strdup($0.value) } + [nil]
        defer {
            for value in values { value.map { explicit_bzero($0, strlen($0)) } }
            for string in keys + values { free(string) }
        }
        let made = keys.withUnsafeMutableBufferPointer { keys in
            values.withUnsafeMutableBufferPointer { values in
                keys.withMemoryRebound(to: UnsafePointer<CChar>?.self) { keys in
                    values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                        PQconnectStartParams(keys.baseAddress, values.baseAddress, 0)
                    }
                }
            }
        }
        guard let made else { return nil }
        pointer = made
        self.pool = pool
        mesh_pq_silence(pointer)
        // Only so does the text of a refused connection hold the SQLSTATE.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    }

    deinit {
        // Says good-bye to the server, and frees a TLS context with all its authorities.
        // Nobody else has them any more.
        nonisolated(unsafe) let (pointer, tlsContext) = (pointer, tlsContext)
        Disposal.run(in: pool) {
            PQfinish(pointer)
            if let tlsContext { SSL_CTX_free(tlsContext) }
        }
    }

    // MARK: Connecting

    var hasFailed: Bool { PQstatus(pointer) == CONNECTION_BAD }

    /// Changes while a connection is made.
    var socket: Int32 { PQsocket(pointer) }

    func poll() -> Progress {
        switch PQconnectPoll(pointer) {
        case PGRES_POLLING_READING: .waitsToRead
        case PGRES_POLLING_WRITING: .waitsToWrite
        case PGRES_POLLING_OK: .connected
        default: .failed
        }
    }

    /// What libpq says about the connection, on one line.
    var message: String {
        let text = String(cString: PQerrorMessage(pointer))
        return text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "; ")
    }

    /// Makes sending never wait, and begins pipeline mode.
    func becomeReady() -> Bool {
        if tlsContext == nil, let session = PQsslStruct(pointer, "OpenSSL") {
            tlsContext = SSL_get_SSL_CTX(OpaquePointer(session))
            if let tlsContext { SSL_CTX_up_ref(tlsContext) }
        }
        return PQsetnonblocking(pointer, 1) == 0 && PQenterPipelineMode(pointer) == 1
    }

    /// The parameter that the server reported, such as `server_version`.
    func parameter(_ name: String) -> String? { PQparameterStatus(pointer, name).map { String(cString: $0) } }

    /// For the cancel request, which another thread makes.
    func makeCancel() -> PQCancel? { PQgetCancel(pointer).map { PQCancel($0) } }

    // MARK: Sending; each only queues, but `queueSync` may also send without waiting

    func send(_ sql: String, _ bindings: PostgresBindings) -> Bool {
        bindings.withArrays { count, types, values, lengths, formats in
            PQsendQueryParams(pointer, sql, count, types, values, lengths, formats, 1) == 1
        }
    }

    func sendPrepared(_ name: StatementName, _ bindings: PostgresBindings) -> Bool {
        name.withPointer { name in
            bindings.withArrays { count, _, values, lengths, formats in
                PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1) == 1
            }
        }
    }

    func sendPrepare(_ name: StatementName, _ sql: String, _ bindings: PostgresBindings) -> Bool {
        name.withPointer { name in
            bindings.withArrays { count, types, _, _, _ in PQsendPrepare(pointer, name, sql, count, types) == 1 }
        }
    }

    func queueSync() -> Bool {
        (mesh_lazy_pq_has_send_sync() == 1 ? PQsendPipelineSync(pointer) : PQpipelineSync(pointer)) == 1
    }

    func flush() -> Flushed {
        switch PQflush(pointer) {
        case 0: .done
        case 1: .waits
        default: .failed
        }
    }

    // MARK: Receiving

    func consumeInput() -> Bool { PQconsumeInput(pointer) == 1 }

    /// Whether `nextResult` would have to wait. Reads what has been consumed.
    var isBusy: Bool { PQisBusy(pointer) == 1 }

    /// The next result; nil at the end of a statement. Only when not busy.
    func nextResult() -> PQResult? {
        guard let result = PQgetResult(pointer) else { return nil }
        return PQResult(result, pool: pool)
    }

    /// The next statement's rows come one by one. Only before its first.
    func useSingleRows() -> Bool { PQsetSingleRowMode(pointer) == 1 }

    func nextNotification() -> PostgresNotification? {
        guard let notice = PQnotifies(pointer) else { return nil }
        defer { PQfreemem(notice) }
        return PostgresNotification(
            channel: String(cString: notice.pointee.relname),
            payload: String(cString: notice.pointee.extra),
            process: Int(notice.pointee.be_pid)
        )
    }

    /// Bytes that wait in the kernel.
    var readableBytes: Int {
        var count: Int32 = 0
        return ioctl(socket, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    var isInTransaction: Bool {
        [PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE].contains(PQtransactionStatus(pointer))
    }

    /// Nothing is under way, and no transaction is open.
    var isIdle: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }

    // MARK: Outside of pipeline mode: COPY, and texts of several statements

    func leavePipeline() -> Bool { PQexitPipelineMode(pointer) == 1 }

    func enterPipeline() -> Bool { PQenterPipelineMode(pointer) == 1 }

    func sendSimple(_ sql: String) -> Bool { PQsendQuery(pointer, sql) == 1 }

    /// Queues rows for COPY; false when the connection is gone or memory is out.
    func putCopyData(_ bytes: UnsafeRawBufferPointer) -> Bool {
        PQputCopyData(pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count)) == 1
    }

    /// Ends COPY; with a reason it fails.
    func putCopyEnd(failing reason: String?) -> Bool { PQputCopyEnd(pointer, reason) == 1 }
}

/// What a cancel request needs; outlives the connection.
// Safe: immutable, and PQcancel may be called from any thread (manual, 34.7).
final class PQCancel: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQfreeCancel(pointer) }

    /// Asks the server to end what the connection does. Blocks: connects, sends, and waits until the server has seen it.
    func request() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = PQcancel(pointer, buffer.baseAddress, Int32(buffer.count))
        }
    }
}
