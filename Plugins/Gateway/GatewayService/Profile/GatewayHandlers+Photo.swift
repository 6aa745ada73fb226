import Contracts
import HTTP
import RPC

/// The client's own photo. Nobody can name another client's.
extension GatewayHandlers {
    /// Bytes of a picture that profile keeps, with room to spare.
    private static let largestPhoto = 4 << 20
    private static let photoTypes = ["image/jpeg", "image/png", "image/webp"]
    private static let etagMetadata = "lonja-etag"

    func putPhoto(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        guard let type = request.mediaType, Self.photoTypes.contains(type) else {
            throw RESTError(
                status: 415,
                code: "unsupported-media-type",
                "a photo must be image/jpeg, image/png or image/webp"
            )
        }
        let content = request.stream()
        let answer = try await profile.putPhoto(context) { writer in
            for try await bytes in content {
                var chunk = ProfileChunk()
                chunk.data.append(contentsOf: bytes)
                try await writer.write(chunk)
            }
        }
        return .json(EntityTag(answer.etag))
    }

    func getPhoto(size: Int32?, _ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        var message = ProfileGetPhotoRequest()
        message.size = size ?? 0
        let wanted = request.head.fields.values(for: "if-none-match")
        let received = ResponseMetadata()
        var context = context
        context.received = received
        return try await profile.getPhoto(message, context) { chunks in
            var picture: [UInt8] = []
            var tag: EntityTag?
            for try await chunk in chunks {
                if picture.isEmpty {
                    tag = received.initial[Self.etagMetadata].map(EntityTag.init)
                    // The browser has it: the rest of the picture is not fetched.
                    if let tag, tag.isListed(in: wanted) {
                        return RESTResponse(status: 304, fields: Self.fields(tag))
                    }
                }
                picture.append(contentsOf: chunk.data)
                guard picture.count <= Self.largestPhoto else {
                    throw RPCError(.internalError, "a photo is over \(Self.largestPhoto) bytes")
                }
            }
            guard !picture.isEmpty else { throw RPCError(.notFound, "there is no photo", reason: "no-photo") }
            var fields = Self.fields(tag)
            fields["content-type"] = "image/jpeg"
            return RESTResponse(status: 200, fields: fields, body: .bytes(picture))
        }
    }

    /// Kept by the browser alone, and asked for again each time: a new photo is seen at once. Whatever the picture may
    /// look like to somebody who opens it by itself, nothing in it runs.
    private static func fields(_ tag: EntityTag?) -> HTTPFields {
        var fields: HTTPFields = [
            "cache-control": "private, no-cache", "vary": "cookie, authorization",
            "content-security-policy": "default-src 'none'; sandbox",
            "content-disposition": #"inline; filename="photo.jpg""#,
        ]
        if let tag { fields["etag"] = tag.description }
        return fields
    }
}
