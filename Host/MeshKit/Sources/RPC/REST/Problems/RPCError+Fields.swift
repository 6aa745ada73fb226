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
        let violation =
            DetailFields.encoded(1, field) + DetailFields.encoded(2, message) + DetailFields.encoded(3, code)
        any.value.append(contentsOf: DetailFields.encoded(1, violation))
        return RPCError(.invalidArgument, "\(field): \(message)", details: [any])
    }

    /// The fields that the details name.
    var fields: [RESTError.Field] {
        details.filter { $0.typeURL == Self.badRequest }.flatMap { detail in
            DetailFields.members(Array(detail.value)).filter { $0.number == 1 }.map { violation in
                var texts: [Int: String] = [:]
                for member in DetailFields.members(violation.bytes) {
                    texts[member.number] = String(decoding: member.bytes, as: UTF8.self)
                }
                return RESTError.Field(field: texts[1] ?? "", code: texts[3] ?? "invalid", message: texts[2] ?? "")
            }
        }
    }
}
