/// When SET may set.
public enum ValkeySetCondition: Hashable, Sendable {
    /// Only a key that does not exist (NX).
    case ifAbsent
    /// Only a key that exists (XX).
    case ifPresent

    var word: String {
        switch self {
        case .ifAbsent: "NX"
        case .ifPresent: "XX"
        }
    }
}
