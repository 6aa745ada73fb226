import Contracts
import Postgres
import RPC
import SwiftProtobuf

extension ProfileService {
    /// The name of the metadata with the tag of a picture.
    static let tagMetadata = "lonja-etag"
    /// Bytes of one piece of a picture or an export.
    static let pieceSize = 64 << 10

    func putPhoto(_ requests: RPCReader<ProfileChunk>, _ context: CallContext) async throws -> ProfilePutPhotoResponse {
        let id = try PostgresUUID(clientOf: context)
        _ = try await accounts.get(id, by: context.deadline)
        if let wait = uploads.admit(id) {
            throw RPCError(
                .resourceExhausted,
                "a client sends at most 5 photos an hour",
                reason: "too-many-photos",
                retryAfter: wait
            )
        }
        var response = ProfilePutPhotoResponse()
        response.etag = try await photos.receive {
            var file: [UInt8] = []
            for try await chunk in requests {
                guard file.count + chunk.data.count <= photos.limits.bytes else {
                    throw PhotoError(.tooLarge, "a photo has at most \(photos.limits.bytes >> 20) MiB")
                }
                file.append(contentsOf: chunk.data)
            }
            return try await photos.put(id, file, by: context.deadline)
        }
        do {
            try await accounts.setPhoto(id, true, by: context.deadline)
        } catch let error as RPCError where error.code == .notFound {
            // Removed meanwhile: nothing of the client may stay.
            try await photos.remove(id)
            throw error
        }
        return response
    }

    func getPhoto(
        _ request: ProfileGetPhotoRequest,
        _ responses: RPCWriter<ProfileChunk>,
        _ context: CallContext
    ) async throws {
        let id = try PostgresUUID(clientOf: context)
        guard request.size >= 0 else { throw RPCError.field("size", "out-of-range", "must not be below 0") }
        let account = try await accounts.get(id, by: context.deadline)
        let isSmall = request.size > 0 && request.size <= PhotoSquares.smallSide
        guard account.hasPhoto, let (jpeg, tag) = try await photos.get(id, isSmall ? .small : .large) else {
            throw RPCError(.notFound, "there is no photo", reason: "no-photo")
        }
        try context.response?.updateInitial { metadata throws(MetadataError) in
            try metadata.append(Self.tagMetadata, tag)
        }
        try await Self.write(jpeg, to: responses)
    }

    func deletePhoto(
        _ request: ProfileDeletePhotoRequest,
        _ context: CallContext
    ) async throws -> ProfileDeletePhotoResponse {
        let id = try PostgresUUID(clientOf: context)
        // Not shown any more, and then away.
        try await accounts.setPhoto(id, false, by: context.deadline)
        try await photos.remove(id)
        return ProfileDeletePhotoResponse()
    }

    /// In pieces.
    static func write(_ bytes: [UInt8], to responses: RPCWriter<ProfileChunk>) async throws {
        for start in stride(from: 0, to: bytes.count, by: pieceSize) {
            var chunk = ProfileChunk()
            chunk.data.append(contentsOf: bytes[start..<min(start + pieceSize, bytes.count)])
            try await responses.write(chunk)
        }
    }
}
