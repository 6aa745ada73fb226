internal import Reactor

/// The fields of the header block being received: flat bytes and offsets, used again for the next block, so that a
/// request costs no string. A connection has one, as blocks do not interleave (RFC 9113, 4.3). Valid during a callback.
package struct HTTP2HeaderBlock {
    private struct Entry {
        var start: Int32
        var name: Int32
        var value: Int32
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// What SETTINGS_MAX_HEADER_LIST_SIZE counts: name, value and 32 each (RFC 9113, 6.5.2).
    private(set) var listSize = 0
    /// The block is larger than allowed; what came after the limit is not kept.
    package private(set) var isOversized = false

    /// How many fields there are, pseudo-fields included.
    package var count: Int { entries.count }

    /// Where it is.
    var places: [ReadAhead.Place] {
        [ReadAhead.Place(array: bytes), ReadAhead.Place(array: entries)].compactMap(\.self)
    }

    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        listSize = 0
        isOversized = false
    }

    mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, limit: Int) {
        listSize += name.count + value.count + 32
        guard listSize <= limit else {
            isOversized = true
            return
        }
        let start = Int32(bytes.count)
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
        entries.append(Entry(start: start, name: Int32(name.count), value: Int32(value.count)))
    }

    /// Lends each name and value, in order.
    @inline(__always)
    package func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { all in
            for entry in entries {
                let start = Int(entry.start)
                let middle = start + Int(entry.name)
                let end = middle + Int(entry.value)
                body(
                    UnsafeRawBufferPointer(rebasing: all[start..<middle]),
                    UnsafeRawBufferPointer(rebasing: all[middle..<end])
                )
            }
        }
    }

    /// The block as a request.
    func requestHead() -> HTTPRequestHead {
        var method = ""
        var scheme = ""
        var authority = ""
        var target = ""
        var fields = HTTPFields()
        forEach { name, value in
            let text = String(decoding: value, as: UTF8.self)
            guard name.first == UInt8(ascii: ":") else {
                fields.append(String(decoding: name, as: UTF8.self), text)
                return
            }
            switch name.count {
            case 7 where name[1] == UInt8(ascii: "m"): method = text
            case 7: scheme = text
            case 10: authority = text
            case 5: target = text
            default: break
            }
        }
        if authority.isEmpty { authority = fields["host"] ?? "" }
        return HTTPRequestHead(
            method: HTTPMethod(rawValue: method),
            scheme: scheme,
            authority: authority,
            target: target,
            fields: fields,
            version: .http2
        )
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of an ASCII literal.
    @inline(__always)
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        var index = 0
        while index < count {
            if self[index] != literal.utf8Start[index] { return false }
            index += 1
        }
        return true
    }
}
