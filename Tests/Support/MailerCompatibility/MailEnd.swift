public import Plugin

/// Where a mailer under test sends to, and how to look at what arrived. Every check gets a new one.
public protocol MailEnd: Sendable {
    /// A driver for this end.
    /// - Parameter isKnown: with the right credentials, or with wrong ones.
    func mailer(isKnown: Bool) throws -> any Mailer
    /// Everything that has arrived so far. An end that passes mails on waits until there are `count`, for a while.
    func received(atLeast count: Int) async throws -> [ReceivedMail]
    /// What it can be made to do.
    var abilities: Set<MailEndAbility> { get }
    /// Header fields that this end adds, or that stand for the envelope.
    var ownHeaders: Set<String> { get }
    /// Ends it.
    func stop()
}

/// What an end does for a recipient of a certain name, or at all.
public enum MailEndAbility: String, Sendable, CaseIterable {
    /// Refuses `never@` for good.
    case refusesRecipients
    /// Refuses `later@` for now.
    case defersRecipients
    /// Refuses mails to `reject@` for their content.
    case refusesContent
    /// Knows good credentials from bad ones.
    case checksCredentials
    /// Takes mails to `silent@` and never says so.
    case staysSilent
    /// Takes mails to `lost@` and closes the connection instead of saying so.
    case losesConnections
}
