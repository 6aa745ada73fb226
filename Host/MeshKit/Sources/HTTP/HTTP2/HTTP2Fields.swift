internal import CSystemNGHTTP2

/// Constant fields in the form that nghttp2 takes, made once and never freed: sending them copies nothing.
// Safe: immutable after `init`, and the bytes live as long as the process.
package struct HTTP2ConstantFields: @unchecked Sendable {
    fileprivate let entries: UnsafeMutableBufferPointer<nghttp2_nv>

    /// Keeps the given fields for ever: make constants only.
    package init(_ fields: [(StaticString, StaticString)]) {
        entries = .allocate(capacity: fields.count)
        let flags = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
        for (index, (name, value)) in fields.enumerated() {
            entries.initializeElement(
                at: index,
                to: nghttp2_nv(
                    name: UnsafeMutablePointer(mutating: name.utf8Start),
                    value: UnsafeMutablePointer(mutating: value.utf8Start),
                    namelen: name.utf8CodeUnitCount,
                    valuelen: value.utf8CodeUnitCount,
                    flags: flags
                )
            )
        }
    }
}

/// The fields of one block to send.
package struct HTTP2Fields: Sendable {
    private let constants: HTTP2ConstantFields?
    private var bytes: [UInt8] = []
    private var lengths: [(name: Int, value: Int)] = []

    /// Starts with constant fields, or with none.
    package init(_ constants: HTTP2ConstantFields? = nil) {
        self.constants = constants
    }

    /// Adds a field; the name is in lower case.
    package mutating func append(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
        lengths.append((name.count, value.count))
    }

    /// Adds a field; the name is in lower case.
    package mutating func append(_ name: String, _ value: String) {
        append(name.utf8, value.utf8)
    }

    /// Adds the fields of an answer that may go out: framing is ours, and no value ends its line (RFC 9110 §5.5).
    mutating func append(_ fields: HTTPFields) {
        for field in fields where HTTP1ResponseEncoder.isSendable(field.name) {
            append(field.name.utf8, field.value.utf8.map { $0.isFieldValueByte ? $0 : 0x20 })
        }
    }

    /// Lends the fields to a call of nghttp2.
    func withEntries<Result>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> Result) -> Result {
        if lengths.isEmpty, let constants {
            return body(UnsafePointer(constants.entries.baseAddress), constants.entries.count)
        }
        let fixed = constants?.entries.count ?? 0
        return withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: fixed + lengths.count) { space in
            if let constants { _ = space.initialize(from: constants.entries) }
            return bytes.withUnsafeBufferPointer { bytes in
                var offset = 0
                for (index, length) in lengths.enumerated() {
                    // nghttp2 copies these; the pointers are only read.
                    let start = UnsafeMutablePointer(mutating: bytes.baseAddress)
                    space.initializeElement(
                        at: fixed + index,
                        to: nghttp2_nv(
                            name: start.map { $0 + offset },
                            value: start.map { $0 + offset + length.name },
                            namelen: length.name,
                            valuelen: length.value,
                            flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)
                        )
                    )
                    offset += length.name + length.value
                }
                return body(space.baseAddress, fixed + lengths.count)
            }
        }
    }
}
