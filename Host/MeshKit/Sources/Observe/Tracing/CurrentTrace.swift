/// The recorded work that the current task does. Set only where it is recorded, so that nothing else pays for it; what has
/// a context at hand asks that instead.
public enum CurrentTrace {
    @TaskLocal static var value: TraceContext?

    /// Runs `body` as a part of `trace`.
    public static func with<Result>(_ trace: TraceContext, _ body: () async throws -> Result) async rethrows -> Result {
        try await $value.withValue(trace, operation: body)
    }
}
