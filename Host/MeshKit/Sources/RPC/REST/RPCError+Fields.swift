internal import SwiftProtobuf

/// Fields that are wrong travel as `google.rpc.BadRequest` in the details: `repeated FieldViolation field_violations = 1`
/// with `string field = 1`, `string description = 2`, `string reason = 3`.
extension RPCError {
    private static let badRequest = "type.googleapis.com/google.rpc.BadRequest"

    /// INVALID_ARGUMENT that names the field, as the public API does.
    /// - Parameters:
    ///   - field: the name in the request, as JSON writes it.
    ///   - code: a stable code: "invalid", "required", "too-many".
    ///   - message: the rest of a sentence that begins with the field: "must be 1 to 200".
    public static func field(_ field: String, _ code: String = "invalid", _ message: String) -> RPCError {
        var any = Google_Protobuf_Any()
        any.typeURL = badRequest
        let violation = encoded(1, field) + encoded(2, message) + encoded(3, code)
        any.value.append(contentsOf: encoded(1, violation))
        return RPCError(.invalidArgument, "\(field): \(message)", details: [any])
    }

    /// The fields that the details name.
    var fields: [RESTError.Field] {
        details.filter { $0.typeURL == Self.badRequest }.flatMap { detail in
            Self.members(Array(detail.value)).filter { $0.number == 1 }.map { violation in
                var texts: [Int: String] = [:]
                for member in Self.members(violation.bytes) {
                    texts[member.number] = String(decoding: member.bytes, as: UTF8.self)
                }
                return RESTError.Field(field: texts[1] ?? "", code: texts[3] ?? "invalid", message: texts[2] ?? "")
            }
        }
    }

    private static func encoded(_ number: UInt8, _ text: String) -> [UInt8] { encoded(number, Array(text.utf8)) }

    private static func encoded(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = [number << 3 | 2]
        var length = bytes.count
        while length >= 0x80 {
            output.append(UInt8(length & 0x7f | 0x80))
            length >>= 7
        }
        output.append(UInt8(length))
        return output + bytes
    }

    /// The length-delimited fields up to the first thing that is none.
    private static func members(_ bytes: [UInt8]) -> [(number: Int, bytes: [UInt8])] {
        var found: [(number: Int, bytes: [UInt8])] = []
        var rest = bytes[...]
        while let tag = rest.popFirst(), tag & 7 == 2, tag < 0x80 {
            var (length, shift) = (0, 0)
            while let byte = rest.popFirst() {
                length |= Int(byte & 0x7f) << shift
                shift += 7
                if byte < 0x80 || shift > 28 { break }
            }
            guard length <= rest.count else { break }
            found.append((Int(tag >> 3), Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return found
    }
}
