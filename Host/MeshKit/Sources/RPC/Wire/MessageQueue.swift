internal import Reactor

/// Messages that have come on one stream and wait for their reader, and how the stream ended. Loop only.
// Safe: touched on `loop` alone; `next` hops there when it is called from elsewhere.
final class MessageQueue: @unchecked Sendable {
    private enum End {
        case open, finished
        case failed(RPCError)
    }

    private struct Waiting {
        var bytes: [UInt8]
        let isCompressed: Bool
    }

    private let loop: EventLoop
    private let limit: Int
    /// Those that have been read have no bytes, until they are dropped.
    private var messages: [Waiting] = []
    private var first = 0
    private var packed = PackedMessages()
    private var end = End.open
    private var reader: UnsafeContinuation<Void, Never>?
    private var isCancelled = false
    /// Called when a reader has taken a message, with the bytes that still wait.
    var taken: ((_ waitingBytes: Int) -> Void)?
    /// Told of each message that is read whether it was compressed; nil where no encoding was agreed on.
    var coding: ResponseMetadata?
    /// Bytes of the messages that wait here, as they came, prefixes included: what is compressed is inflated by its
    /// reader.
    private(set) var waitingBytes = 0
    /// Places that are taken, by messages that have been read too.
    var places: Int { messages.count }
    /// From so many on that wait, those that come are packed.
    static let mostApart = 64

    /// - Parameter limit: bytes of a message, inflated.
    init(loop: EventLoop, limit: Int) {
        self.loop = loop
        self.limit = limit
    }

    func push(_ message: [UInt8], isCompressed: Bool) {
        if packed.isEmpty, messages.count - first < Self.mostApart {
            messages.append(Waiting(bytes: message, isCompressed: isCompressed))
        } else {
            packed.append(message, isCompressed: isCompressed)
        }
        waitingBytes += message.count + 5
        wake()
    }

    func finish() {
        if case .open = end { end = .finished }
        wake()
    }

    /// What waits is dropped: a call that failed has nothing to say.
    func fail(_ error: RPCError) {
        if case .failed = end { return }
        end = .failed(error)
        messages = []
        first = 0
        packed = PackedMessages()
        waitingBytes = 0
        wake()
    }

    func next() async throws -> [UInt8]? {
        guard loop.isCurrent else { return try await loop.run { try await self.nextOnLoop() } }
        return try await nextOnLoop()
    }

    private func nextOnLoop() async throws -> [UInt8]? {
        while true {
            if case .failed(let error) = end {
                try Task.checkCancellation()
                throw error
            }
            if first < messages.count {
                let message = take()
                coding?.lastMessageWasCompressed = message.isCompressed
                guard message.isCompressed else { return message.bytes }
                return try await GzipStates.of(loop).inflated(message.bytes, limit: limit)
            }
            if case .finished = end { return nil }
            try Task.checkCancellation()
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    precondition(reader == nil, "a stream has one reader")
                    reader = continuation
                }
            } onCancel: {
                loop.execute { self.wake() }
            }
        }
    }

    private func take() -> Waiting {
        let message = messages[first]
        messages[first].bytes = []
        first += 1
        if first == messages.count {
            messages.removeAll(keepingCapacity: true)
            first = 0
            while messages.count < Self.mostApart, let next = packed.popFirst() {
                messages.append(Waiting(bytes: next.bytes, isCompressed: next.isCompressed))
            }
        } else if first >= Self.mostApart, first >= messages.count - first {
            messages.removeSubrange(..<first)
            first = 0
        }
        waitingBytes -= message.bytes.count + 5
        taken?(waitingBytes)
        return message
    }

    private func wake() {
        guard let reader else { return }
        self.reader = nil
        reader.resume()
    }
}
