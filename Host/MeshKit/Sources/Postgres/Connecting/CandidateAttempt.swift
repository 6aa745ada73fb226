internal import Reactor

/// One attempt to connect to one place, as a job of a loop.
///
/// The loop waits for the socket; each step of libpq's in between runs in the blocking pool, since a step may read
/// certificate files, or compute 4096 rounds of SCRAM, and each of these holds a thread longer than a millisecond.
final class CandidateAttempt: LoopJob, DescriptorHandler {
    struct Failure: Error {
        let error: PostgresError
        /// Nobody answered in time.
        var isSilent = false
    }

    private let loop: EventLoop
    private let pool: BlockingPool
    private let configuration: PostgresConfiguration
    private let candidate: ConnectionCandidate
    private var completion: ((Result<PQHandle, Failure>) -> Void)?
    private var token: WatchToken?
    private var waiting: UnsafeContinuation<Void, Never>?
    /// Why it has failed, while more is being found out.
    private var known: PostgresError?

    /// - Parameter completion: called once, on the loop.
    init(
        _ configuration: PostgresConfiguration,
        _ candidate: ConnectionCandidate,
        loop: EventLoop,
        pool: BlockingPool,
        completion: @escaping (Result<PQHandle, Failure>) -> Void
    ) {
        self.configuration = configuration
        self.candidate = candidate
        self.loop = loop
        self.pool = pool
        self.completion = completion
    }

    /// The time is over. Loop only.
    func giveUp() {
        if let known { return finish(.failure(Failure(error: known))) }
        let place = candidate.host
        let error = PostgresError(
            .connection,
            "cannot connect to the database: \(place.name) port \(place.port) did not answer in time"
        )
        finish(.failure(Failure(error: error, isSilent: true)))
    }

    func run() async {
        do {
            let parameters = ConnectionParameters(configuration, candidate)
            let pool = pool
            guard let handle = try await pool.run({ PQHandle(parameters.pairs, pool: pool) }) else {
                return finish(.failure(Failure(error: PostgresError(.connection, "no memory for a connection"))))
            }
            guard !handle.hasFailed else { return await fail(handle) }
            var progress = PQHandle.Progress.waitsToWrite
            while completion != nil {
                switch progress {
                case .waitsToRead: try await wait(handle.socket, .read)
                case .waitsToWrite: try await wait(handle.socket, .write)
                case .failed: return await fail(handle)
                case .connected:
                    guard handle.becomeReady() else { return await fail(handle) }
                    return finish(.success(handle))
                }
                guard completion != nil else { break }
                progress = try await pool.run { handle.poll() }
            }
        } catch {
            let error = PostgresError(.connection, "cannot connect to the database: \(error)")
            finish(.failure(Failure(error: error)))
        }
    }

    /// The socket is ready.
    func ready(_: IOInterest) { stopWaiting() }

    private func wait(_ socket: Int32, _ interest: IOInterest) async throws {
        guard socket >= 0 else { return }
        token = try loop.watch(socket, interest, self)
        await withUnsafeContinuation { waiting = $0 }
    }

    private func stopWaiting() {
        if let token { loop.unwatch(token) }
        token = nil
        waiting?.resume()
        waiting = nil
    }

    private func fail(_ handle: PQHandle) async {
        var error = PostgresError(connecting: handle.message)
        let root = configuration.tls.verifies ? configuration.rootCertificate : nil
        if error.code == .tls, let root, let address = candidate.address {
            // libpq's text for a certificate that is not accepted does not say why.
            known = error
            let host = candidate.host
            let reason = try? await pool.run {
                CertificateCheck.reason(address: address, host: host, rootCertificate: root)
            }
            if let found = reason ?? nil { error.say(found, insteadOf: "SSL error: certificate verify failed") }
        }
        finish(.failure(Failure(error: error)))
    }

    private func finish(_ outcome: Result<PQHandle, Failure>) {
        guard let completion else { return }
        self.completion = nil
        stopWaiting()
        completion(outcome)
    }
}
