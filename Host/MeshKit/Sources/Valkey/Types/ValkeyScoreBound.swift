/// An end of a range of scores.
public struct ValkeyScoreBound: Hashable, Sendable, ValkeyArgument {
    private let text: String
    private init(_ text: String) { self.text = text }

    /// This score and beyond it, inwards.
    public static func including(_ score: Double) -> ValkeyScoreBound { ValkeyScoreBound(score.description) }
    /// What lies inwards of this score, which itself is left out.
    public static func excluding(_ score: Double) -> ValkeyScoreBound { ValkeyScoreBound("(" + score.description) }
    /// The lowest score there is.
    public static let lowest = ValkeyScoreBound("-inf")
    /// The highest score there is.
    public static let highest = ValkeyScoreBound("+inf")

    /// Appends the bound as one argument.
    public func append(to command: inout ValkeyCommand) { command.append(text) }
}
