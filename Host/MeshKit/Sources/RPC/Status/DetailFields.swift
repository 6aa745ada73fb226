/// Length-delimited fields of the few `google.rpc` messages that go into details, by hand: the core needs no generated
/// code for them.
enum DetailFields {
    static func encoded(_ number: UInt8, _ text: String) -> [UInt8] { encoded(number, Array(text.utf8)) }

    static func encoded(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(bytes.count) + bytes
    }

    static func varint(_ value: Int) -> [UInt8] {
        var output: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        return output + [UInt8(rest)]
    }

    /// Takes a number below 2^35 from the front; nil where there is none.
    static func takeVarint(_ input: inout ArraySlice<UInt8>) -> Int? {
        var (value, shift) = (0, 0)
        while let byte = input.popFirst() {
            value |= Int(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { return value }
            if shift > 28 { return nil }
        }
        return nil
    }

    /// The length-delimited fields up to the first thing that is none.
    static func members(_ bytes: [UInt8]) -> [(number: Int, bytes: [UInt8])] {
        var found: [(number: Int, bytes: [UInt8])] = []
        var rest = bytes[...]
        while let tag = rest.popFirst(), tag & 7 == 2, tag < 0x80 {
            guard let length = takeVarint(&rest), length <= rest.count else { break }
            found.append((Int(tag >> 3), Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return found
    }
}
