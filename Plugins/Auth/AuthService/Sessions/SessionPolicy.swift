/// How long sessions live.
struct SessionPolicy: Sendable {
    /// One of the two kinds of session.
    struct Span: Sendable {
        /// A session ends when nothing was heard of it for so long.
        var idle: Duration
        /// It ends then, whatever happens.
        var absolute: Duration
    }

    /// Of a session that goes with the browser.
    var ordinary = Span(idle: .seconds(30 * 60), absolute: .seconds(12 * 3600))
    /// Of one that outlives it.
    var remembered = Span(idle: .seconds(14 * 86_400), absolute: .seconds(30 * 86_400))
    /// A token is replaced after this time.
    var rotation = Duration.seconds(3600)
    /// The one before is good for so long.
    var grace = Duration.seconds(30)
    /// When a session was last seen is written so often at the most.
    var touch = Duration.seconds(60)
    /// A user has so many at the most.
    var mostPerUser = 20

    func span(remembered isRemembered: Bool) -> Span { isRemembered ? remembered : ordinary }
}
