/// What a `LocalPipe` knows, without the waiting: every function says whom to wake, and its caller does it outside the
/// lock. `Reader` and `Writer` stand for tasks that wait; each is handed out exactly once.
struct LocalPipeState<Element, Reader, Writer> {
    enum Push {
        /// In the queue.
        case accepted
        /// A reader was waiting: it gets the element.
        case handed(Reader)
        /// No room: wait.
        case full
        case closed(any Error)
    }

    enum Pull {
        /// With the writer whose element has moved into the queue.
        case element(Element, Writer?)
        case end
        case failed(any Error)
        /// Nothing there: wait.
        case empty
    }

    private enum Phase {
        case open
        case finished((any Error)?)
        case closed(any Error)
    }

    private struct WaitingWriter {
        let ticket: UInt64
        let element: Element
        let writer: Writer
    }

    private let capacity: Int
    private var phase = Phase.open
    private var queue: Ring<Element>
    private var reader: Reader?
    private var writers: [WaitingWriter] = []
    private var lastTicket: UInt64 = 0

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        queue = Ring()
    }

    mutating func push(_ element: Element) -> Push {
        switch phase {
        case .closed(let error): return .closed(error)
        case .finished: return .closed(RPCError(.failedPrecondition, "written after the end of the stream"))
        case .open: break
        }
        if let waiting = reader {
            reader = nil
            return .handed(waiting)
        }
        guard queue.count < capacity else { return .full }
        queue.append(element)
        return .accepted
    }

    /// A name for a writer that is about to wait.
    mutating func ticket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Tries again, and waits for a place.
    mutating func wait(_ writer: Writer, element: Element, ticket: UInt64) -> Push {
        let result = push(element)
        if case .full = result {
            writers.append(WaitingWriter(ticket: ticket, element: element, writer: writer))
        }
        return result
    }

    mutating func pull() -> Pull {
        if let element = queue.popFirst() {
            guard !writers.isEmpty else { return .element(element, nil) }
            let first = writers.removeFirst()
            queue.append(first.element)
            return .element(element, first.writer)
        }
        switch phase {
        case .open:
            guard reader == nil else {
                return .failed(RPCError(.failedPrecondition, "two tasks read one stream"))
            }
            return .empty
        case .finished(nil): return .end
        case .finished(let error?), .closed(let error): return .failed(error)
        }
    }

    /// Tries again, and waits for an element.
    mutating func wait(_ reader: Reader) -> Pull {
        let result = pull()
        if case .empty = result {
            self.reader = reader
        }
        return result
    }

    /// Elements of waiting writers go into the queue, over its capacity: nothing that was written before is lost.
    mutating func finish(_ error: (any Error)?) -> (reader: Reader?, writers: [Writer]) {
        guard case .open = phase else { return (nil, []) }
        phase = .finished(error)
        for waiting in writers {
            queue.append(waiting.element)
        }
        return takeWaiting()
    }

    mutating func close(_ error: any Error) -> (reader: Reader?, writers: [Writer]) {
        guard case .open = phase else { return (nil, []) }
        phase = .closed(error)
        queue = Ring()
        return takeWaiting()
    }

    mutating func removeReader() -> Reader? {
        defer { reader = nil }
        return reader
    }

    mutating func removeWriter(_ ticket: UInt64) -> Writer? {
        guard let index = writers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return writers.remove(at: index).writer
    }

    private mutating func takeWaiting() -> (reader: Reader?, writers: [Writer]) {
        defer {
            reader = nil
            writers = []
        }
        return (reader, writers.map(\.writer))
    }
}
