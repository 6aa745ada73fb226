/// Who may call a route.
public enum RESTAccess: Sendable, Equatable {
    /// Anybody.
    case anybody
    /// Who has a session.
    case session
}
