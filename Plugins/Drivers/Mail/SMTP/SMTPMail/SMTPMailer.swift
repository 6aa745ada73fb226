public import Config
import Fetch
public import Plugin
public import Reactor

/// Submits mails to a mail server of one's own (RFC 6409): TLS always, connections kept, one recipient a mail.
public final class SMTPMailer: Mailer {
    /// The name in `notification.mail.driver`.
    public static var name: StaticString { "smtp" }

    /// The keys of this driver.
    public static var settings: [Setting] { SMTPSettings.declared }

    private let client: SMTPClient

    /// Reads the settings; connects to nothing.
    /// - Throws: an `SMTPSettings.Invalid` that names a setting.
    public init(context: DriverContext) throws {
        client = SMTPClient(group: context.loops, configuration: try SMTPSettings(context.settings).client)
    }

    /// Connects, starts TLS and authenticates. Nothing is sent.
    public func probe() async throws {
        try await client.probe()
    }

    /// One transaction.
    public func send(_ message: MailMessage, _ deadline: MonotonicTime?) async -> MailOutcome {
        let mail = SMTPMessage(
            sender: message.from.address,
            recipients: [message.to.address],
            content: MIMEMessage(message).bytes
        )
        do {
            let delivery = try await client.send(mail, deadline: deadline)
            return .accepted(providerID: MailOutcome.line(delivery.reply.text))
        } catch let error as FetchError {
            return SMTPVerdict.outcome(error)
        } catch {
            return .driverFault(until: nil, reason: MailOutcome.line("\(error)"))
        }
    }

    /// Closes the connections; a mail whose end was sent has an unknown outcome then, any other was not sent.
    public func close() async {
        client.close()
    }
}
