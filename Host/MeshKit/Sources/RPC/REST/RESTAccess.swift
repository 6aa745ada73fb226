/// Who may call a route.
public enum RESTAccess: Sendable, Equatable {
    /// Anybody.
    case anybody
    /// Who has a session; by a session key only if that is for the scope.
    case session(scope: String)
}
