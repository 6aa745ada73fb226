internal import CSystemEpoll
internal import Glibc
internal import Synchronization

/// Accepts connections and spreads them over the loops of a group.
///
/// One loop accepts and hands out in turn: with few long connections, as between services, that is even, where
/// SO_REUSEPORT's hash puts them on a loop by chance. `Mode.perLoop` has the latter.
public final class Listener: Sendable {
    /// How connections come to loops.
    public enum Mode: Sendable {
        /// The first loop accepts, each connection goes to the next loop.
        case handOut
        /// Each loop has a socket of its own on the same port.
        case perLoop
    }

    /// Where it listens; with the port that the kernel chose, if 0 was asked for.
    public let address: SocketAddress
    private let acceptors: [Acceptor]

    /// Binds and begins to accept.
    /// - Parameters:
    ///   - paused: hears that descriptors are short, so that none is accepted for a moment.
    ///   - accepted: gets each connection, on the loop given with it; owns the descriptor from then on.
    /// - Throws: `SystemError` naming the address.
    public init(
        _ address: SocketAddress,
        group: EventLoopGroup,
        mode: Mode = .handOut,
        paused: @escaping @Sendable () -> Void = {},
        accepted: @escaping @Sendable (_ descriptor: Int32, _ remote: SocketAddress?, _ loop: EventLoop) -> Void
    ) throws {
        let shared = mode == .perLoop && address.path == nil
        let first = try Socket.listen(address, shared: shared)
        self.address = Socket.localAddress(first) ?? address
        var acceptors: [Acceptor] = []
        if shared {
            acceptors.append(Acceptor(first, on: group.loops[0], group: nil, paused, accepted))
            for loop in group.loops.dropFirst() {
                let descriptor = try Socket.listen(self.address, shared: true)
                acceptors.append(Acceptor(descriptor, on: loop, group: nil, paused, accepted))
            }
        } else {
            acceptors.append(Acceptor(first, on: group.loops[0], group: group, paused, accepted))
        }
        self.acceptors = acceptors
        for acceptor in acceptors { acceptor.loop.execute { acceptor.start() } }
    }

    /// Stops accepting and closes the sockets; connections stay. Any thread.
    public func close() {
        for acceptor in acceptors { acceptor.loop.execute { acceptor.close() } }
        if let path = address.path { unlink(path) }
    }
}

/// One listening socket on one loop. Owns the descriptor.
///
/// Safe: everything but the constants is touched on `loop` alone.
private final class Acceptor: DescriptorHandler, @unchecked Sendable {
    let loop: EventLoop
    private let descriptor: Int32
    private let group: EventLoopGroup?
    private let paused: @Sendable () -> Void
    private let accepted: @Sendable (Int32, SocketAddress?, EventLoop) -> Void
    private var token: WatchToken?
    private var isClosed = false

    init(
        _ descriptor: Int32,
        on loop: EventLoop,
        group: EventLoopGroup?,
        _ paused: @escaping @Sendable () -> Void,
        _ accepted: @escaping @Sendable (Int32, SocketAddress?, EventLoop) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.group = group
        self.paused = paused
        self.accepted = accepted
    }

    deinit {
        if !isClosed { Glibc.close(descriptor) }
    }

    func start() {
        guard !isClosed else { return }
        token = try? loop.watch(descriptor, .read, self)
    }

    func close() {
        guard !isClosed else { return }
        // What the kernel has accepted already would be reset.
        if token != nil { ready(.read) }
        isClosed = true
        if let token { loop.unwatch(token) }
        Glibc.close(descriptor)
    }

    func ready(_ events: IOInterest) {
        for _ in 0..<64 {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let connection = mesh_accept(descriptor, &storage, &length)
            guard connection >= 0 else {
                if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM { rest() }
                return
            }
            let remote = SocketAddress(storage, length: length)
            if remote?.port != nil { Socket.enable(connection, Int32(IPPROTO_TCP), TCP_NODELAY) }
            let target = group?.spread() ?? loop
            if target === loop {
                accepted(connection, remote, loop)
            } else {
                target.execute { [accepted] in accepted(connection, remote, target) }
            }
            if connection >= Descriptors.enough { return rest() }
        }
    }

    /// Out of descriptors, or nearly: what is served needs some too, and accepting again at once would only spin.
    private func rest() {
        guard let token, !isClosed else { return }
        paused()
        loop.update(token, [])
        wakeUp(token)
    }

    private func wakeUp(_ token: WatchToken) {
        loop.schedule(after: .milliseconds(100)) { [weak self] in
            guard let self, !isClosed else { return }
            if Descriptors.areShort(beside: descriptor) { wakeUp(token) } else { loop.update(token, .read) }
        }
    }
}
