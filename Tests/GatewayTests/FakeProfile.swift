import Contracts
import RPC
import Synchronization

/// A profile service that keeps a photo as it comes.
final class FakeProfile: ProfileServing {
    private let kept = Mutex<[UInt8]>([])

    var photo: [UInt8] { kept.withLock { $0 } }

    func getProfile(_ request: ProfileGetProfileRequest, _ context: CallContext) async throws -> ProfilePerson {
        var person = ProfilePerson()
        person.userID = try context.client()
        person.givenName = "\(context.clientAddress ?? "nowhere") \(context.clientAgent)"
        return person
    }

    func updateProfile(_ request: ProfileUpdateProfileRequest, _ context: CallContext) async throws -> ProfilePerson {
        ProfilePerson()
    }

    func deleteProfile(
        _ request: ProfileDeleteProfileRequest,
        _ context: CallContext
    ) async throws -> ProfileDeleteProfileResponse {
        ProfileDeleteProfileResponse()
    }

    func putPhoto(_ requests: RPCReader<ProfileChunk>, _ context: CallContext) async throws -> ProfilePutPhotoResponse {
        _ = try context.client()
        var all: [UInt8] = []
        for try await chunk in requests { all += Array(chunk.data) }
        switch all {
        case Array("large".utf8): throw RPCError(.resourceExhausted, "x", reason: "photo-too-large")
        case Array("other".utf8): throw RPCError(.invalidArgument, "x", reason: "photo-unsupported")
        case Array("broken".utf8): throw RPCError(.invalidArgument, "x", reason: "photo-broken")
        case Array("often".utf8): throw RPCError(.resourceExhausted, "x", reason: "too-many-photos")
        default: kept.withLock { $0 = all }
        }
        var answer = ProfilePutPhotoResponse()
        answer.etag = "tag-\(all.count)"
        return answer
    }

    func getPhoto(
        _ request: ProfileGetPhotoRequest,
        _ responses: RPCWriter<ProfileChunk>,
        _ context: CallContext
    ) async throws {
        let all = photo
        guard !all.isEmpty else { throw RPCError(.notFound, "there is no photo") }
        try context.response?.updateInitial { try $0.append("lonja-etag", "tag-\(all.count)") }
        for start in stride(from: 0, to: all.count, by: 3) {
            var chunk = ProfileChunk()
            chunk.data.append(contentsOf: all[start..<min(start + 3, all.count)])
            try await responses.write(chunk)
        }
    }
}
