import Contracts
import Observe
import RPC
import Reactor
import Testing

@testable import GatewayService

/// What is kept of verified sessions, and when it is thrown away.
@Suite struct SessionMemoryTests {
    static let start = MonotonicTime(nanoseconds: 1_000_000_000)

    func after(_ milliseconds: Int) -> MonotonicTime { Self.start.advanced(by: .milliseconds(milliseconds)) }

    func session(_ user: String, _ token: String) throws -> VerifiedSession {
        var session = AuthSession()
        session.userID = user
        session.id = "s-\(token)"
        return try VerifiedSession(session: session, token: token, scopes: nil)
    }

    func memory(_ tokens: [(user: String, token: String)], at position: Int64 = 10) throws -> SessionMemory {
        var memory = SessionMemory()
        for (user, token) in tokens {
            memory.remember(token, try session(user, token), from: position, until: after(1000))
        }
        return memory
    }

    @Test func aSessionIsKnownUntilItMustBeVerifiedAgain() throws {
        let memory = try memory([("ana", "a")])
        #expect(memory.session("a", after(999))?.session.session.userID == "ana")
        #expect(memory.session("a", after(1000)) == nil)
        #expect(memory.session("b", Self.start) == nil)
        #expect(memory.position == 10)
    }

    @Test func aChangeEndsWhatIsKnownOfItsUserAlone() throws {
        var memory = try memory([("ana", "a"), ("ana", "b"), ("eva", "c")])
        memory.learn(12, changed: ["ana", "nobody"], since: 10)
        #expect(memory.session("a", Self.start) == nil)
        #expect(memory.session("b", Self.start) == nil)
        #expect(memory.session("c", Self.start) != nil)
        #expect(memory.position == 12)
        memory.learn(12, changed: [], since: 12)
        #expect(memory.count == 1)
    }

    @Test func whatWasShownIsKnownUntilItIsThrownAway() throws {
        var memory = try memory([("ana", "a"), ("eva", "c")])
        let ana = try #require(memory.session("a", Self.start))
        let eva = try #require(memory.session("c", Self.start))
        #expect(memory.knows(ana, after(999)) && !memory.knows(ana, after(1000)))
        memory.learn(12, changed: ["ana"], since: 10)
        #expect(!memory.knows(ana, Self.start) && memory.knows(eva, Self.start))
        // Verified again: what was shown is not what is known now.
        memory.remember("a", try session("ana", "a"), from: 12, until: after(1000))
        #expect(!memory.knows(ana, Self.start))
        memory.learn(0, changed: [], since: 12)
        #expect(!memory.knows(eva, Self.start))
    }

    /// Verified, revoked, learnt of, and only then kept: the answer of auth was on its way.
    @Test func whatWasReadBeforeAChangeThatIsKnownIsNotKept() throws {
        var memory = try memory([("eva", "c")])
        memory.learn(12, changed: ["ana"], since: 10)
        memory.remember("a", try session("ana", "a"), from: 11, until: after(1000))
        #expect(memory.session("a", Self.start) == nil)
        // As new as what is known it may be kept, and newer too: the next question is of all since then, and more.
        memory.remember("a", try session("ana", "a"), from: 12, until: after(1000))
        memory.remember("b", try session("ana", "b"), from: 15, until: after(1000))
        #expect(memory.session("a", Self.start) != nil && memory.session("b", Self.start) != nil)
        #expect(memory.position == 12)
        memory.learn(15, changed: ["ana"], since: 12)
        #expect(memory.count == 1)
    }

    /// The same where nothing else is known: the position does not go back to before an answer that is on its way.
    @Test func anEmptyMemoryForgetsNoPosition() throws {
        var memory = try memory([("ana", "a")])
        memory.learn(12, changed: ["ana"], since: 10)
        #expect(memory.count == 0)
        memory.remember("a", try session("ana", "a"), from: 11, until: after(1000))
        #expect(memory.count == 0)
        #expect(memory.position == 12)
    }

    @Test(arguments: [(20, nil), (0, nil), (9, 10), (20, 9), (20, 11)] as [(Int64, Int64?)])
    func whereNotAllChangesAreKnownNothingIs(position: Int64, since: Int64?) throws {
        var memory = try memory([("ana", "a"), ("eva", "c")])
        memory.learn(position, changed: [], since: since)
        #expect(memory.count == 0)
        #expect(memory.position == position)
    }

    @Test func whatCannotBeToldFromAPositionIsNotKept() throws {
        let memory = try memory([("ana", "a")], at: 0)
        #expect(memory.count == 0)
    }

    @Test func aFullMemoryBeginsAnew() throws {
        var memory = SessionMemory(most: 3)
        for number in 0..<4 {
            memory.remember("\(number)", try session("u", "\(number)"), from: 1, until: after(1000))
        }
        #expect(memory.count == 1)
        memory.learn(2, changed: ["u"], since: 1)
        #expect(memory.count == 0)
    }
}
