/// One command: a name and arguments, kept as they go over the wire (RESP arrays of bulk strings, each with its length
/// in front, https://valkey.io/topics/protocol). A value; its description shows nothing but the name.
///
/// Written here and not by `redisFormatCommandArgv`, which needs every argument as a C pointer at once and gives memory
/// that must be freed: SET with two short arguments takes about 0.7 of its time (measured side by side, 180 and 255
/// ns). Large arguments are not copied at all: see `LargeArgument`.
public struct ValkeyCommand: Sendable {
    /// Its name, in upper case.
    public let name: String
    /// How many parts it has, the name included.
    private(set) var count: Int
    /// The parts, without the array's head and without the contents of `large`.
    private(set) var body: [UInt8]
    /// What is sent from where the caller has it, each behind so many bytes of `body`.
    private(set) var large: [(offset: Int, argument: LargeArgument)] = []

    /// A command without arguments yet.
    /// - Parameters:
    ///   - name: a word of the command table; a name of several words takes the others as arguments.
    ///   - capacity: how many bytes to make room for; the rest is made as needed.
    public init(_ name: String, capacity: Int = 96) {
        self.name = name
        count = 0
        body = []
        body.reserveCapacity(capacity)
        append(name)
    }

    /// A command with arguments.
    public init(_ name: String, _ arguments: any ValkeyArgument...) {
        self.init(name)
        for argument in arguments { argument.append(to: &self) }
    }

    /// Appends an argument.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        begin(bytes.count)
        body.append(contentsOf: bytes)
        end()
    }

    /// Appends a text as UTF-8.
    public mutating func append(_ text: String) {
        let utf8 = text.utf8
        guard utf8.count < LargeArgument.threshold else { return append(.text(text[...])) }
        begin(utf8.count)
        body.append(contentsOf: utf8)
        end()
    }

    /// Appends bytes.
    mutating func append(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count < LargeArgument.threshold else { return append(.bytes(bytes)) }
        bytes.withUnsafeBytes { append($0) }
    }

    private mutating func append(_ argument: LargeArgument) {
        begin(argument.count)
        large.append((offset: body.count, argument: argument))
        end()
    }

    /// Appends a number in decimal digits.
    public mutating func append(_ number: Int) {
        append(String(number))
    }

    /// Appends each of `arguments`.
    public mutating func append(contentsOf arguments: some Sequence<some ValkeyArgument>) {
        for argument in arguments { argument.append(to: &self) }
    }

    /// The parts, read back: for decisions that are not made on every command.
    var parts: [[UInt8]] {
        var parts: [[UInt8]] = []
        var whole: [UInt8] = []
        writeParts(to: &whole)
        var rest = whole[...]
        while let end = rest.firstIndex(of: 0x0D),
            let count = Int(String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self))
        {
            parts.append(Array(rest[(end + 2)..<(end + 2 + count)]))
            rest = rest[(end + 4 + count)...]
        }
        return parts
    }

    /// Whether it runs a script.
    var isScript: Bool { name.hasPrefix("EVAL") || name.hasPrefix("FCALL") }

    /// How many bytes it is on the wire, at the most.
    var wireBytes: Int { large.reduce(body.count + 24) { $0 + $1.argument.count } }

    /// Appends the whole command to `output`.
    func write(to output: inout [UInt8]) {
        writeHead(to: &output)
        writeParts(to: &output)
    }

    /// The whole command as pieces, in order; what is large is not copied.
    var pieces: [LargeArgument] {
        var piece: [UInt8] = []
        writeHead(to: &piece)
        var pieces: [LargeArgument] = []
        var position = 0
        for (offset, argument) in large {
            piece.append(contentsOf: body[position..<offset])
            pieces.append(.bytes(piece[...]))
            pieces.append(argument)
            piece = []
            position = offset
        }
        piece.append(contentsOf: body[position...])
        pieces.append(.bytes(piece[...]))
        return pieces
    }

    private func writeHead(to output: inout [UInt8]) {
        output.append(UInt8(ascii: "*"))
        Self.appendDecimal(count, to: &output)
        output.append(0x0D)
        output.append(0x0A)
    }

    private func writeParts(to output: inout [UInt8]) {
        guard !large.isEmpty else { return output.append(contentsOf: body) }
        var position = 0
        for (offset, argument) in large {
            output.append(contentsOf: body[position..<offset])
            argument.withBytes(0..<argument.count) { output.append(contentsOf: $0) }
            position = offset
        }
        output.append(contentsOf: body[position...])
    }

    private mutating func begin(_ length: Int) {
        count += 1
        body.append(UInt8(ascii: "$"))
        Self.appendDecimal(length, to: &body)
        body.append(0x0D)
        body.append(0x0A)
    }

    private mutating func end() {
        body.append(0x0D)
        body.append(0x0A)
    }

    private static func appendDecimal(_ number: Int, to output: inout [UInt8]) {
        if number < 10 { return output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
        if number < 100 {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
            return output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
        }
        output.append(contentsOf: String(number).utf8)
    }
}

extension ValkeyCommand: CustomStringConvertible, CustomReflectable {
    /// The name alone: arguments may be secrets.
    public var description: String { name }
    /// The name alone, for `dump` and debuggers.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
