/// The numbers of a worker.
struct WorkerLimits: Sendable {
    /// Mails that are being sent at once.
    var concurrency = 64
    /// Mails that are leased in one statement.
    var batch = 50
    /// Mails whose marks are not written yet; above, none is leased.
    var unmarked = 1000
    /// How long a lease lasts unless it is renewed, which it is three times in that: how long the mails of a crashed
    /// worker wait, and how long the database may be away before a send is cut off.
    var lease = Duration.seconds(20)
    /// How often the queue is looked at when nothing is heard.
    var poll = Duration.seconds(1)
    /// What a driver may take for one mail; the last reply of SMTP alone may take ten minutes (RFC 5321 §4.5.3.2.6).
    var send = Duration.seconds(900)
    /// What sends that are under way get when the worker is asked to stop.
    var drain = Duration.seconds(25)
}
