internal import Reactor

/// One command, or several in one piece, from the caller's view: who waits, until when, and what has come so far.
///
/// Safe: touched on its loop alone; its cancellation goes through `loop.execute`.
final class ValkeyCall: @unchecked Sendable {
    typealias Outcome = Result<ValkeyReply, ValkeyError>

    let commands: ArraySlice<ValkeyCommand>
    let command: ValkeyCommand
    let deadline: MonotonicTime
    /// Whether the command has been given to a connection, and so may be executed.
    var isUnderWay = false
    private var collected: [ValkeyReply] = []
    private var continuation: UnsafeContinuation<Outcome, Never>?

    /// A call of one command, whose outcome is its reply.
    init(_ command: ValkeyCommand, deadline: MonotonicTime) {
        self.command = command
        commands = []
        wireBytes = command.wireBytes
        self.deadline = deadline
    }

    /// A call of `command` and then `others` in one piece, whose outcome is the array of their replies.
    init(_ command: ValkeyCommand, then others: ArraySlice<ValkeyCommand>, deadline: MonotonicTime) {
        self.command = command
        commands = others
        wireBytes = others.reduce(command.wireBytes) { $0 + $1.wireBytes }
        self.deadline = deadline
    }

    /// How many replies will come.
    var replies: Int { commands.count + 1 }
    /// Bytes on the wire, at the most.
    let wireBytes: Int
    /// Whether nobody waits any more.
    var isOver: Bool { continuation == nil }

    /// Somebody waits.
    func begin(_ continuation: UnsafeContinuation<Outcome, Never>) {
        self.continuation = continuation
    }

    func write(to output: inout [UInt8]) {
        command.write(to: &output)
        for command in commands { command.write(to: &output) }
    }

    /// One of several replies has come, not the last.
    func collect(_ reply: ValkeyReply) {
        if !isOver { collected.append(reply) }
    }

    /// The last reply, or the only one, has come.
    func answer(_ reply: ValkeyReply) {
        guard !isOver else { return }
        guard !commands.isEmpty else { return finish(.success(reply)) }
        collected.append(reply)
        finish(.success(.array(collected)))
    }

    /// Ends the call before an answer.
    func fail(_ code: ValkeyError.Code, _ message: String) {
        finish(.failure(ValkeyError(code, message, mayHaveExecuted: isUnderWay)))
    }

    /// Ends the call, once; whatever comes later is dropped.
    func finish(_ outcome: Outcome) {
        guard let waiting = continuation else { return }
        continuation = nil
        waiting.resume(returning: outcome)
    }
}
