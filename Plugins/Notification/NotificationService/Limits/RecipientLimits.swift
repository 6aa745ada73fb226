/// How many mails one address may be sent, whoever asks for them: the last line, behind the limits of those who ask.
struct RecipientLimits: Sendable {
    /// In the hour that begins with the first.
    let perHour: Int
    /// In the day that begins with the first.
    let perDay: Int
}
