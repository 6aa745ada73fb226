internal import Synchronization

/// What a policy decides for one caller, a connection or a plugin of this process, so that the rules are asked once for
/// each method: a call then costs two loads. Any thread.
// Safe: the pointer never changes, and its words are atomic.
final class CallerDecisions: @unchecked Sendable {
    private let policy: CallerPolicy
    private let caller: Caller?
    private let count: Int
    /// By the place of a handler: the generation of the policy that a decision is of, and in the lowest bit whether it is yes.
    private let words: UnsafeMutablePointer<Atomic<Int>>

    init(_ policy: CallerPolicy, _ caller: Caller?, _ table: RPCServiceTable) {
        self.policy = policy
        self.caller = caller
        count = table.handlerCount
        words = .allocate(capacity: count)
        for place in 0..<count { (words + place).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: count)
        words.deallocate()
    }

    /// Throws what the caller is told where it may not call the method, and counts that.
    // Inlined: every call comes here, and nearly all of them are known to be allowed.
    @inline(__always)
    func check(_ handler: MethodHandler) throws(RPCError) {
        // Read before the rules are: a decision by newer ones is asked for again, never kept beyond them.
        let generation = policy.generation.load(ordering: .acquiring)
        let word = words[handler.place].load(ordering: .relaxed)
        if word != generation &<< 1 | 1 { try decide(handler, word, generation) }
    }

    @inline(never)
    private func decide(_ handler: MethodHandler, _ word: Int, _ generation: Int) throws(RPCError) {
        let isAllowed = word >> 1 == generation ? false : policy.allows(caller, handler.method)
        words[handler.place].store(generation &<< 1 | (isAllowed ? 1 : 0), ordering: .relaxed)
        if !isAllowed { throw policy.refuse(caller, handler.method) }
    }
}
