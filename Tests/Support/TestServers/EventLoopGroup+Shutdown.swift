import Foundation
public import Reactor

extension EventLoopGroup {
    /// Ends the loops from a thread that is none of them, when what was started has been seen through. Blocks.
    public func shutdownAside() {
        precondition(EventLoop.current == nil, "a test ends outside of its loops")
        shutdown()
    }

    /// Ends the loops from a thread of its own, and waits for it without blocking.
    public func stop() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                self.shutdown()
                continuation.resume()
            }
        }
    }
}
