/// What large calls have to send, in order and in slices: a loop that wrote megabytes in one step would be held by it.
/// Commands are put into bytes as their turn comes, and what is large in them is sent from where the caller has it.
/// A value without I/O.
struct OutputQueue {
    /// A part of what is next.
    struct Slice {
        fileprivate let argument: LargeArgument
        fileprivate let range: Range<Int>

        /// How many bytes it has.
        var count: Int { range.count }

        /// Lends the bytes.
        func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) { argument.withBytes(range, body) }
    }

    private enum Segment {
        case piece(LargeArgument)
        case commands(ArraySlice<ValkeyCommand>)
    }

    /// So many bytes of small commands are put together at once.
    private static let gatherBytes = 64 << 10

    private var segments = FIFO<Segment>()
    /// How much of the first piece has been given out.
    private var taken = 0
    /// How many bytes wait, at the most.
    private(set) var bytes = 0

    /// Whether everything has been given out.
    var isEmpty: Bool { segments.isEmpty }

    /// Puts bytes at the end.
    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        segments.append(.piece(.bytes(bytes[...])))
        self.bytes += bytes.count
    }

    /// Puts all commands of a call at the end.
    mutating func append(_ call: ValkeyCall) {
        segments.append(.commands([call.command]))
        if !call.commands.isEmpty { segments.append(.commands(call.commands)) }
        bytes += call.wireBytes
    }

    /// Takes the next bytes, at most `limit` of them; nil when there are none.
    mutating func next(upTo limit: Int) -> Slice? {
        while let first = segments.first {
            switch first {
            case .commands(let commands):
                _ = segments.popFirst()
                expand(commands)
            case .piece(let piece):
                let end = min(piece.count, taken + limit)
                let slice = Slice(argument: piece, range: taken..<end)
                taken = end
                if end == piece.count {
                    taken = 0
                    _ = segments.popFirst()
                }
                // What a call was reckoned to have is a little more than it has.
                bytes = isEmpty ? 0 : bytes - slice.count
                return slice
            }
        }
        return nil
    }

    /// Puts the first of these commands into pieces, before what else there is.
    private mutating func expand(_ commands: ArraySlice<ValkeyCommand>) {
        var rest = commands
        var bytes: [UInt8] = []
        var large: [LargeArgument] = []
        while bytes.count < Self.gatherBytes, large.isEmpty, let command = rest.popFirst() {
            if command.large.isEmpty { command.write(to: &bytes) } else { large = command.pieces }
        }
        if !rest.isEmpty { segments.prepend(.commands(rest)) }
        for piece in large.reversed() { segments.prepend(.piece(piece)) }
        if !bytes.isEmpty { segments.prepend(.piece(.bytes(bytes[...]))) }
    }
}
