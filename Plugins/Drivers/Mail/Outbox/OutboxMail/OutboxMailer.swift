public import Config
public import Plugin
public import Reactor
import Synchronization

/// Writes mails into a folder instead of sending them: for a machine of one's own, and for tests.
public final class OutboxMailer: Mailer {
    /// The name in `notification.mail.driver`.
    public static var name: StaticString { "outbox" }

    /// The keys of this driver.
    public static var settings: [Setting] { OutboxSettings.declared }

    private let folder: OutboxFolder
    private let keep: Int
    private let loops: EventLoopGroup
    private let written = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    /// Reads the settings; touches no file.
    public init(context: DriverContext) throws {
        let settings = OutboxSettings(context.settings)
        folder = OutboxFolder(path: settings.folder)
        keep = settings.keep
        loops = context.loops
    }

    /// Makes the folder if there is none, and writes a file into it.
    public func probe() async throws {
        let folder = folder
        try await loops.blocking.run { try folder.check() }
    }

    /// Writes the mail to the disk. One that is there already, by its message id, is not written again.
    public func send(_ message: MailMessage, _ deadline: MonotonicTime?) async -> MailOutcome {
        let isOver = Task.isCancelled || deadline.map { $0 <= .now() } ?? false
        if isOver || isClosed.load(ordering: .acquiring) {
            return .retry(after: nil, reason: "nothing was written: the call came too late")
        }
        let folder = folder
        let keep = keep
        // Looking through the folder for every mail would cost more than the mail.
        let isPruning = written.wrappingAdd(1, ordering: .relaxed).oldValue % 16 == 0
        let name = OutboxFile.name(of: message)
        do {
            try await loops.blocking.run {
                let isNew = try folder.write(name, MIMEMessage(message).bytes)
                if isNew, isPruning { folder.prune(keep: keep) }
            }
            return .accepted(providerID: name)
        } catch let failure as OutboxFolder.Failure {
            return failure.isTransient
                ? .retry(after: nil, reason: failure.description)
                : .driverFault(until: nil, reason: failure.description)
        } catch {
            return .retry(after: .seconds(1), reason: MailOutcome.line("\(error)"))
        }
    }

    /// Takes no more mails.
    public func close() async {
        isClosed.store(true, ordering: .releasing)
    }
}
