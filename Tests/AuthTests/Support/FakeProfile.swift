import Contracts
import Observe
import RPC
import SwiftProtobuf
import Synchronization

/// The profile service as its contract says, in memory: what auth cannot be tested without and does not contain.
final class FakeProfile: ProfileServing {
    struct Person: Sendable {
        var account = ProfileAccount()
        var password = ""
        var identities: [ProfileIdentity] = []
    }

    struct State: Sendable {
        var people: [String: Person] = [:]
        /// The methods that were called, in order.
        var calls: [String] = []
        /// What the next calls of a method throw.
        var failures: [String: RPCError] = [:]
        /// The passwords that were hashed.
        var hashes = 0
    }

    let state = Mutex(State())

    /// A person who is there from the beginning.
    @discardableResult
    func add(_ email: String, _ password: String = "correct horse battery", verified: Bool = true) -> String {
        var account = ProfileAccount()
        account.userID = UUIDText.random()
        account.email = email
        account.emailVerified = verified
        account.givenName = "Ana"
        account.language = "en"
        account.epoch = 1
        account.hasPassword_p = !password.isEmpty
        state.withLock { [account] in $0.people[account.userID] = Person(account: account, password: password) }
        return account.userID
    }

    func calls() -> [String] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }

    private func change<Result: Sendable>(
        _ method: String,
        _ body: (inout State) throws(RPCError) -> Result
    ) throws(RPCError) -> Result {
        let outcome: Swift.Result<Result, RPCError> = state.withLock { state in
            state.calls.append(method)
            if let failure = state.failures[method] { return .failure(failure) }
            do throws(RPCError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private static func named(_ email: String, _ state: State) -> Person? {
        state.people.values.first { $0.account.email.lowercased() == email.lowercased() }
    }

    private static let unknown = RPCError(.notFound, "no such account")

    func createAccount(
        _ request: ProfileCreateAccountRequest,
        _ context: CallContext
    ) async throws -> ProfileCreateAccountResponse {
        try change("CreateAccount") { state throws(RPCError) in
            state.hashes += 1
            var response = ProfileCreateAccountResponse()
            if let person = Self.named(request.email, state), person.account.emailVerified {
                response.account = person.account
                response.exists = true
                return response
            }
            var person = Self.named(request.email, state) ?? Person()
            if person.account.userID.isEmpty { person.account.userID = UUIDText.random() }
            person.account.email = request.email
            person.account.givenName = request.givenName
            person.account.language = request.language
            person.account.epoch += 1
            person.account.hasPassword_p = true
            person.password = request.password
            state.people[person.account.userID] = person
            response.account = person.account
            return response
        }
    }

    func getAccount(_ request: ProfileGetAccountRequest, _ context: CallContext) async throws -> ProfileAccount {
        try change("GetAccount") { state throws(RPCError) in
            let person: Person? =
                switch request.key {
                case .userID(let id): state.people[id]
                case .email(let email): Self.named(email, state)
                case .identity(let identity): state.people.values.first { $0.identities.contains(identity) }
                case nil: nil
                }
            guard let person else { throw Self.unknown }
            return person.account
        }
    }

    func verifyPassword(
        _ request: ProfileVerifyPasswordRequest,
        _ context: CallContext
    ) async throws -> ProfileAccount {
        try change("VerifyPassword") { state throws(RPCError) in
            state.hashes += 1
            let person: Person? =
                switch request.key {
                case .userID(let id): state.people[id]
                case .email(let email): Self.named(email, state)
                case nil: nil
                }
            guard let person, !person.password.isEmpty, person.password == request.password else {
                throw RPCError(.unauthenticated, "wrong")
            }
            return person.account
        }
    }

    func setPassword(_ request: ProfileSetPasswordRequest, _ context: CallContext) async throws -> ProfileAccount {
        try change("SetPassword") { state throws(RPCError) in
            guard var person = state.people[request.userID] else { throw Self.unknown }
            person.password = request.password
            person.account.hasPassword_p = true
            person.account.epoch += 1
            if request.emailVerified { person.account.emailVerified = true }
            state.people[request.userID] = person
            return person.account
        }
    }

    func confirmEmail(
        _ request: ProfileConfirmEmailRequest,
        _ context: CallContext
    ) async throws -> ProfileConfirmEmailResponse {
        try change("ConfirmEmail") { state throws(RPCError) in
            guard var person = state.people[request.userID] else { throw Self.unknown }
            if let other = Self.named(request.email, state), other.account.userID != request.userID {
                throw RPCError(.alreadyExists, "taken")
            }
            var response = ProfileConfirmEmailResponse()
            response.previousEmail = person.account.email
            person.account.email = request.email
            person.account.emailVerified = true
            state.people[request.userID] = person
            response.account = person.account
            return response
        }
    }

    func adoptIdentity(
        _ request: ProfileAdoptIdentityRequest,
        _ context: CallContext
    ) async throws -> ProfileAdoptIdentityResponse {
        try change("AdoptIdentity") { state throws(RPCError) in
            var response = ProfileAdoptIdentityResponse()
            if let known = state.people.values.first(where: { $0.identities.contains(request.identity) }) {
                response.account = known.account
                response.outcome = .known
                return response
            }
            guard var person = Self.named(request.email, state) else {
                var person = Person(identities: [request.identity])
                person.account.userID = UUIDText.random()
                person.account.email = request.email
                person.account.emailVerified = true
                person.account.epoch = 1
                state.people[person.account.userID] = person
                response.account = person.account
                response.outcome = .created
                return response
            }
            if person.account.emailVerified {
                response.account = person.account
                let isOther = person.identities.contains { $0.issuer == request.identity.issuer }
                response.outcome = isOther ? .conflict : .linkRequired
                return response
            }
            person.password = ""
            person.account.hasPassword_p = false
            person.account.emailVerified = true
            person.account.epoch += 1
            person.identities = [request.identity]
            state.people[person.account.userID] = person
            response.account = person.account
            response.outcome = .takenOver
            return response
        }
    }

    func linkIdentity(_ request: ProfileLinkIdentityRequest, _ context: CallContext) async throws -> ProfileAccount {
        try change("LinkIdentity") { state throws(RPCError) in
            guard var person = state.people[request.userID] else { throw Self.unknown }
            person.identities.append(request.identity)
            state.people[request.userID] = person
            return person.account
        }
    }

    func raiseEpoch(_ request: ProfileRaiseEpochRequest, _ context: CallContext) async throws -> ProfileAccount {
        try change("RaiseEpoch") { state throws(RPCError) in
            guard var person = state.people[request.userID] else { throw Self.unknown }
            person.account.epoch += 1
            state.people[request.userID] = person
            return person.account
        }
    }
}
