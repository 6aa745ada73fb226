import Contracts
import HTTP
import RPC

extension GatewayHandlers {
    func exportProfile(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        // An answer that has begun can no longer say what is wrong, so what can be is found first.
        _ = try await profile.getProfile(ProfileGetProfileRequest(), context)
        return RESTResponse(
            status: 200,
            fields: [
                "content-type": "application/json",
                "content-disposition": #"attachment; filename="lonja-export.json""#,
            ],
            body: .stream { [profile] output in
                try await profile.exportProfile(ProfileExportProfileRequest(), context) { chunks in
                    for try await chunk in chunks { try await output.write(Array(chunk.data)) }
                }
            }
        )
    }
}
