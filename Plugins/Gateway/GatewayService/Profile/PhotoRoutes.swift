import Contracts
import HTTP
import RPC

/// The client's own photo. Nobody can name another client's.
struct PhotoRoutes: Sendable {
    /// Bytes of a picture that is sent in.
    static let largest = 8 << 20
    /// Bytes of a picture that profile keeps, with room to spare.
    static let largestKept = 4 << 20
    private static let mediaTypes = ["image/jpeg", "image/png", "image/webp"]
    private static let etagMetadata = "lonja-etag"

    let profile: ProfileClient

    var routes: [RESTRoute] { [put, get] }

    private var put: RESTRoute {
        RESTRoute(.put, "/api/v1/profile/photo") { [profile] request, context in
            try request.finish()
            guard let type = request.mediaType, Self.mediaTypes.contains(type) else {
                throw RESTError(
                    status: 415,
                    code: "unsupported-media-type",
                    "a photo must be image/jpeg, image/png or image/webp"
                )
            }
            let content = request.stream()
            do {
                let answer = try await profile.putPhoto(context) { writer in
                    for try await bytes in content {
                        var chunk = ProfileChunk()
                        chunk.data.append(contentsOf: bytes)
                        try await writer.write(chunk)
                    }
                }
                return .json(PhotoTag(tag: Self.quoted(answer.etag)))
            } catch let error as RPCError {
                throw Self.refused(error)
            }
        }
        .streamed(maximumBody: Self.largest, timeout: .seconds(60))
    }

    /// What HTTP calls a picture that profile does not take.
    private static func refused(_ error: RPCError) -> any Error {
        let statuses = ["photo-too-large": 413, "photo-unsupported": 415, "photo-broken": 422]
        guard let reason = error.reason, let status = statuses[reason] else { return error }
        return RESTError(status: status, code: reason, error.message)
    }

    private var get: RESTRoute {
        RESTRoute(.get, "/api/v1/profile/photo") { [profile] request, context in
            var message = ProfileGetPhotoRequest()
            message.size = try request.query("size", as: Int32.self) ?? 0
            try request.finish()
            let wanted = request.head.fields.values(for: "if-none-match")
            let received = ResponseMetadata()
            var context = context
            context.received = received
            return try await profile.getPhoto(message, context) { chunks in
                var picture: [UInt8] = []
                var tag: String?
                for try await chunk in chunks {
                    if picture.isEmpty {
                        tag = received.initial[Self.etagMetadata].map(Self.quoted)
                        // The browser has it: the rest of the picture is not fetched.
                        if let tag, Self.lists(tag, wanted) {
                            return RESTResponse(status: 304, fields: Self.fields(tag))
                        }
                    }
                    picture.append(contentsOf: chunk.data)
                    guard picture.count <= Self.largestKept else {
                        throw RPCError(.internalError, "a photo is over \(Self.largestKept) bytes")
                    }
                }
                guard !picture.isEmpty else { throw RPCError(.notFound, "there is no photo") }
                var fields = Self.fields(tag)
                fields["content-type"] = "image/jpeg"
                return RESTResponse(status: 200, fields: fields, body: .bytes(picture))
            }
        }
    }

    /// Kept by the browser alone, and asked for again each time: a new photo is seen at once. Whatever the picture may
    /// look like to somebody who opens it by itself, nothing in it runs.
    private static func fields(_ tag: String?) -> HTTPFields {
        var fields: HTTPFields = [
            "cache-control": "private, no-cache", "vary": "cookie, authorization",
            "content-security-policy": "default-src 'none'; sandbox",
            "content-disposition": #"inline; filename="photo.jpg""#,
        ]
        if let tag { fields["etag"] = tag }
        return fields
    }

    /// Whether `if-none-match` lists the tag (RFC 9110 §13.1.2, weak comparison).
    static func lists(_ tag: String, _ values: [String]) -> Bool {
        values.contains { value in
            value.split(separator: ",").contains { part in
                var part = part.drop { $0 == " " || $0 == "\t" }
                while part.last == " " || part.last == "\t" { part.removeLast() }
                if part == "*" { return true }
                return (part.hasPrefix("W/") ? part.dropFirst(2) : part) == tag[...]
            }
        }
    }

    /// An entity tag as fields have it.
    static func quoted(_ tag: String) -> String {
        tag.hasPrefix("\"") ? tag : "\"\(tag)\""
    }
}
