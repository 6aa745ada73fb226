internal import Observe
internal import Reactor

/// The way in: connects, authenticates, chooses the database, says who it is, and asks whether the server is ready and,
/// where that matters, the primary. All commands go out at once. A value without I/O.
struct Handshake {
    /// Who comes in.
    struct Identity {
        var user: String?
        var password: Secret?
        var database = 0
        var name: String
    }

    enum Step: Equatable { case authenticate, select, setName, ping, role, info }

    let steps: [Step]
    let commands: [ValkeyCommand]

    /// - Parameter asksRole: whether only a primary will do.
    init(_ identity: Identity, asksRole: Bool) {
        var steps: [Step] = []
        var commands: [ValkeyCommand] = []
        if let password = identity.password {
            steps.append(.authenticate)
            var command = ValkeyCommand("AUTH")
            if let user = identity.user { command.append(user) }
            command.append(password.reveal())
            commands.append(command)
        }
        if identity.database != 0 {
            steps.append(.select)
            commands.append(ValkeyCommand("SELECT", identity.database))
        }
        if !identity.name.isEmpty {
            steps.append(.setName)
            commands.append(ValkeyCommand("CLIENT", "SETNAME", identity.name))
        }
        steps.append(.ping)
        commands.append(ValkeyCommand("PING"))
        if asksRole {
            steps += [.role, .info]
            commands += [ValkeyCommand("ROLE"), ValkeyCommand("INFO", "replication")]
        }
        self.steps = steps
        self.commands = commands
    }

    /// Judges the replies.
    /// - Throws: `ValkeyError` that says why the server will not do.
    func check(_ replies: [ValkeyReply]) throws(ValkeyError) {
        guard replies.count == steps.count else {
            throw ValkeyError(.protocolViolation, "the server did not answer each step of the handshake")
        }
        var role: ServerRole?
        var roleRefusal: ValkeyError?
        for (step, reply) in zip(steps, replies) {
            guard case .error(let text) = reply else {
                if step == .role { role = ServerRole(role: reply) }
                if step == .info, role == nil { role = ServerRole(info: reply) }
                continue
            }
            var error = ValkeyError(server: text)
            switch step {
            case .authenticate: error.message = "the server refused the user or the password"
            case .select: error.message = "the server refused the database"
            case .setName, .ping:
                // Those may be forbidden to a user who may do all that matters.
                guard error.code == .noAuthentication || error.code.asksForAnotherServer else { continue }
                error.message = error.code == .noAuthentication ? "the server asks for a password" : "not ready"
            case .role, .info:
                error.message = "the role of the server cannot be known; the user needs +role or +info"
                roleRefusal = error
                continue
            }
            throw error
        }
        guard steps.contains(.role), role != .primary else { return }
        if role == nil, let roleRefusal { throw roleRefusal }
        throw ValkeyError(.readOnly, "the server is not the primary")
    }
}

extension ValkeyError {
    /// Whether the failure will stay until somebody changes a setting, so that waiting makes no sense.
    var isRefusal: Bool { code.serverPrefix != nil && !code.asksForAnotherServer }
}
