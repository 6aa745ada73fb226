import Contracts
import HTTP
import RPC

/// GET /api/v1/profile/export: all that is kept of the client, as a file.
struct ExportRoute: Sendable {
    let profile: ProfileClient

    var route: RESTRoute {
        RESTRoute(.get, "/api/v1/profile/export") { [profile] request, context in
            try request.finish()
            // An answer that has begun can no longer say what is wrong, so what can be is found first.
            _ = try await profile.getProfile(ProfileGetProfileRequest(), context)
            return RESTResponse(
                status: 200,
                fields: [
                    "content-type": "application/json",
                    "content-disposition": #"attachment; filename="lonja-export.json""#,
                ],
                body: .stream { output in
                    try await profile.exportProfile(ProfileExportProfileRequest(), context) { chunks in
                        for try await chunk in chunks { try await output.write(Array(chunk.data)) }
                    }
                }
            )
        }
        .limited(maximumBody: 0, timeout: .seconds(60))
    }
}
