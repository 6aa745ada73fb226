import Reactor

/// A connection as its server holds it. Loop only.
protocol HTTPServerConnection: AnyObject {
    /// Finishes what is going on and then closes.
    func drain()
    /// Closes now; handlers are cancelled.
    func close()
}

/// A connection whose version is known. Loop only.
protocol HTTPVersionConnection: HTTPServerConnection {
    /// Takes the stream over, with what was read of it already. `ended`: the connection is gone and its last handler
    /// has returned; called once.
    func start(initialBytes: UnsafeRawBufferPointer, ended: @escaping () -> Void)
}
