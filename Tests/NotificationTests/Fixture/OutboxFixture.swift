import Config
import Contracts
import Foundation
import Logging
import Observe
import Plugin
import Postgres
import RPC
import Reactor
import SwiftProtobuf
import Synchronization
import TestServers
import Testing

@testable import NotificationService

/// An outbox in a database of its own, a slot with a scripted driver, and as many workers as a test wants.
final class OutboxFixture: Sendable {
    let server: PostgresServer
    let group: EventLoopGroup
    let database: PostgresClient
    let outbox: Outbox
    let slot: DriverSlot<any Mailer>
    let script = Script()
    let scriptName: String
    let metrics = MetricRegistry()
    let log = LogLines()
    let service: NotificationService
    let composer: MailComposer
    private let serviceMetrics: DeliveryMetrics

    static let secret = "0123456789abcdef0123456789abcdef"

    init(
        server: PostgresServer? = nil,
        loops: Int = 2,
        keys: [String] = [OutboxFixture.secret],
        limits: RecipientLimits = RecipientLimits(perHour: 1000, perDay: 1000),
        isEmpty: Bool = false
    ) async throws {
        let server = try server ?? PostgresServer.shared.get()
        self.server = server
        group = try EventLoopGroup(count: loops)
        let name = "mails_\(PostgresUUID.random().description.prefix(8))"
        scriptName = name
        let log = log
        let logger = Logger(label: "notification") { _ in log.handler }
        let root = try PostgresClient(server.configuration(), group: group, logger: logger)
        try await root.execute("CREATE DATABASE \(identifier: name)")
        root.close()
        database = try PostgresClient(server.configuration(database: name), group: group, logger: logger)
        let store = OutboxKeyStore(configured: keys.map { OutboxKey(Secret($0)) }, database: database, logger: logger)
        try await Migrator(database, service: "notification", migrations: [.outbox, .reports]).run()
        try await store.load()
        outbox = Outbox(database: database, keys: store, limits: limits)
        let loop = group.loops[0]
        slot = DriverSlot<any Mailer>("notification.mail") { duration in
            try await loop.run { try await loop.sleep(for: duration) }
        }
        ScriptShelf.put(script, as: name)
        composer = MailComposer(
            sender: try MailAddress("no-reply@lonja.example", name: "Lonja"),
            links: MailLinks(origin: "https://lonja.example")
        )
        serviceMetrics = DeliveryMetrics(metrics)
        service = NotificationService(
            outbox: outbox,
            composer: composer,
            metrics: serviceMetrics,
            wake: WakeSignal(),
            slot: slot,
            logger: logger
        )
        if !isEmpty { try await swap(to: FirstMailer.self) }
    }

    /// Another handle on the same database, as a replica with these keys has it.
    func outbox(keys: [String]) async throws -> Outbox {
        let store = OutboxKeyStore(
            configured: keys.map { OutboxKey(Secret($0)) },
            database: database,
            logger: Logger(label: "replica") { [log] _ in log.handler }
        )
        try await store.load()
        return Outbox(database: database, keys: store, limits: outbox.limits)
    }

    func swap(to driver: any Mailer.Type) async throws {
        let context = DriverContext(
            name: driver.name.description,
            version: scriptName,
            slot: "notification.mail",
            settings: try Settings(declared: [], environment: [:]),
            logger: Logger(label: "driver") { _ in SwiftLogNoOpLogHandler() },
            metrics: MetricRegistry(),
            loops: group
        )
        _ = try await slot.swap(to: driver, context: context)
    }

    func worker(
        _ change: (inout WorkerLimits) -> Void = { _ in },
        outbox: Outbox? = nil,
        loop: Int = 0
    ) -> OutboxWorker {
        var limits = WorkerLimits()
        limits.poll = .milliseconds(50)
        change(&limits)
        return OutboxWorker(
            outbox: outbox ?? self.outbox,
            slot: slot,
            composer: composer,
            metrics: serviceMetrics,
            limits: limits,
            loop: group.loops[loop],
            logger: Logger(label: "worker") { [log] _ in log.handler }
        )
    }

    /// Runs workers while `body` does; then they are killed: whatever they have leased stays leased.
    func withWorkers<Result: Sendable>(
        _ workers: [OutboxWorker],
        _ body: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { tasks in
            for worker in workers {
                tasks.addTask {
                    try await worker.run()
                    return nil
                }
            }
            let result = try await body()
            tasks.cancelAll()
            return result
        }
    }

    func close() async {
        database.close()
        await slot.close()
        await group.stop()
    }

    // MARK: Requests

    static func id() -> String { PostgresUUID.random().description }

    static func request(
        _ id: String = OutboxFixture.id(),
        to address: String = "ana@example.com",
        name: String = "Ana",
        language: String = "en",
        _ mail: NotificationMail.OneOf_Kind = .passwordChanged(.init())
    ) -> NotificationSendMailRequest {
        var request = NotificationSendMailRequest()
        request.id = id
        request.recipient.email = address
        request.recipient.name = name
        request.recipient.language = language
        request.mail.kind = mail
        return request
    }

    static func request(_ mail: NotificationMail.OneOf_Kind) -> NotificationSendMailRequest { request(id(), mail) }

    static func proof(token: String = "tok_EN-1", code: String = "ABCD2345", life: Double = 600) -> NotificationProof {
        var proof = NotificationProof()
        proof.token = token
        proof.code = code
        proof.expiresAt = Google_Protobuf_Timestamp(WallTime.now().advanced(by: .seconds(life)))
        return proof
    }

    static func verify(_ proof: NotificationProof = OutboxFixture.proof()) -> NotificationMail.OneOf_Kind {
        var mail = NotificationVerifyEmail()
        mail.proof = proof
        return .verifyEmail(mail)
    }

    func send(_ request: NotificationSendMailRequest) async throws {
        _ = try await service.sendMail(request, .root(timeout: .seconds(10)))
    }

    /// The status that `request` is refused with; nil if it is accepted.
    func refusal(_ request: NotificationSendMailRequest) async -> RPCError? {
        do {
            try await send(request)
            return nil
        } catch {
            return RPCError(mapping: error)
        }
    }

    // MARK: Looking

    func delivery(_ id: String) async throws -> NotificationDelivery {
        var request = NotificationGetDeliveryRequest()
        request.id = id
        return try await service.getDelivery(request, .root(timeout: .seconds(10)))
    }

    func count(_ condition: String) async throws -> Int {
        let rows = try await database.query("SELECT count(*) FROM mails WHERE \(unsafeSQL: condition)")
        return try #require(rows.first).decode(Int.self)
    }

    /// Waits until `condition` holds for so many rows.
    func until(_ expected: Int, _ condition: String, within limit: Duration = .seconds(20)) async throws {
        try await until("\(expected) rows with \(condition)", within: limit) { [self] in
            try await count(condition) == expected
        }
    }

    func until(
        _ what: String,
        within limit: Duration = .seconds(20),
        _ holds: () async throws -> Bool
    ) async throws {
        let deadline = MonotonicTime.now().advanced(by: limit)
        while try await !holds() {
            guard MonotonicTime.now() < deadline else {
                Issue.record("not within \(limit): \(what); \(try await overview())")
                throw CancellationError()
            }
            let loop = group.loops[1 % group.loops.count]
            try await loop.run { try await loop.sleep(for: .milliseconds(10)) }
        }
    }

    private func overview() async throws -> String {
        let rows = try await database.query(
            "SELECT state, count(*), max(attempts), max(last_problem) FROM mails GROUP BY state ORDER BY state"
        )
        return try rows.decode(Int16.self, Int.self, Int32.self, String.self).map { "\($0)" }.joined(separator: " ")
    }
}

/// Runs a test with a fixture, and takes it down.
func withOutbox<Result>(
    server: PostgresServer? = nil,
    loops: Int = 2,
    keys: [String] = [OutboxFixture.secret],
    limits: RecipientLimits = RecipientLimits(perHour: 1000, perDay: 1000),
    isEmpty: Bool = false,
    _ body: (OutboxFixture) async throws -> Result
) async throws -> Result {
    let fixture = try await OutboxFixture(server: server, loops: loops, keys: keys, limits: limits, isEmpty: isEmpty)
    do {
        let result = try await body(fixture)
        await fixture.close()
        return result
    } catch {
        await fixture.close()
        throw error
    }
}
