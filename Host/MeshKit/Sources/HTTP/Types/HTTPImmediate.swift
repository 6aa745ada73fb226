/// Answers at once, on the connection's loop, what is made already; nil for what the handler is to answer.
///
/// It is asked for requests without content alone, within the reading of the connection: it must be quick, and a task is
/// not begun for it.
public typealias HTTPImmediate = @Sendable (HTTPRequestHead) -> HTTPPreparedResponse?
