/// What one step of a loop may take, for the tests that watch loops.
public enum StepLimit {
    #if DEBUG
    /// How many times longer the steps of a build without optimisation take.
    public static let factor = 10
    #else
    /// Limits hold as they are.
    public static let factor = 1
    #endif
    /// What one step may compute: a millisecond, when optimised. What a busy machine takes away from it does not count.
    public static let step = Duration.milliseconds(1) * factor
    /// Above so much on the wall a step has blocked: it waited for a name, a file or a lock.
    public static let wall = Duration.milliseconds(250)
    /// What a scenario is tried so often for: a step that really is too long is so each time, and one that the machine held
    /// up (its caches, its hypervisor) is not.
    public static let attempts = 3
}
