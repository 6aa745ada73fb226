/// What a group in a pipeline consists of, in this order; a Sync always follows.
struct PipelineSteps: OptionSet {
    let rawValue: UInt8
    /// BEGIN, or another statement that must work for the group to be executed.
    static let prelude = PipelineSteps(rawValue: 1)
    /// Parse of a named statement.
    static let prepare = PipelineSteps(rawValue: 2)
    /// The statement itself.
    static let execute = PipelineSteps(rawValue: 4)

    /// The step that comes first; empty if none is left.
    var first: PipelineSteps { PipelineSteps(rawValue: rawValue & (~rawValue &+ 1)) }
}
