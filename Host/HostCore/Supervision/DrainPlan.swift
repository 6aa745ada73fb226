import Config

/// How long each step of an orderly end may take. A value.
struct DrainPlan: Sendable {
    /// What the end of servers, plugins and drivers takes after the last call, at least.
    static let margin = Duration.seconds(1)

    /// Not ready, and still serving, so that load balancers notice.
    let delay: Duration
    /// No new calls; those in flight may end.
    let deadline: Duration
    /// All the time there is, until SIGKILL; nil if nobody has said.
    let grace: Duration?

    init(_ settings: SettingsSnapshot) {
        delay = settings.duration("host.drainDelay")
        deadline = settings.duration("host.drainDeadline")
        let grace = settings.duration("host.gracePeriod")
        self.grace = grace > .zero ? grace : nil
    }

    /// - Throws: what does not fit, and what to do: found at the start rather than by whoever is cut off at the end.
    func check(_ settings: SettingsSnapshot) throws(StartError) {
        guard let grace, delay + deadline + Self.margin > grace else { return }
        func named(_ key: String) -> String {
            "\(key)=\(settings.duration(key).components.seconds)s (\(settings.origin(of: key)))"
        }
        throw StartError(
            .configuration,
            "\(named("host.drainDelay")) and \(named("host.drainDeadline")) do not fit, with a second to spare, into "
                + "\(named("host.gracePeriod")): shorten them, or give the process more time to end"
        )
    }
}
