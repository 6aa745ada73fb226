import Contracts
import HTTP
import RPC

extension GatewayHandlers {
    /// The wallet's largest page.
    private static let page: Int32 = 200

    /// A page of what was bought and sold; or all of it as a CSV file (RFC 4180), for who wants text/csv. The file is
    /// written as it is read, page by page: it has no limit and takes no memory.
    func listHistory(
        cursor: String?,
        side: String?,
        symbol: String?,
        limit: Int32?,
        account: Int32?,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        var message = WalletListHistoryRequest()
        message.side = side ?? ""
        message.symbol = symbol ?? ""
        message.account = account ?? 0
        var response: RESTResponse
        if AcceptedTypes(request.head.fields).prefers("text/csv", over: "application/json") {
            guard cursor == nil, limit == nil else {
                throw RPCError.field(cursor == nil ? "limit" : "cursor", "unknown", "is not for a file, which has all")
            }
            message.limit = Self.page
            // An answer that has begun can no longer say what is wrong, so what can be is found first.
            let first = try await wallet.listHistory(message, context)
            response = file(first, message, context)
        } else {
            message.cursor = cursor ?? ""
            message.limit = limit ?? 0
            response = .json(try await wallet.listHistory(message, context))
        }
        response.fields.append("vary", "accept")
        return response
    }

    private func file(
        _ first: WalletListHistoryResponse,
        _ request: WalletListHistoryRequest,
        _ context: CallContext
    ) -> RESTResponse {
        RESTResponse(
            status: 200,
            fields: [
                "content-type": "text/csv; charset=utf-8; header=present",
                "content-disposition": #"attachment; filename="lonja-history.csv""#,
            ],
            body: .stream { [wallet] output in
                var (page, request) = (first, request)
                try await output.write(Array(HistoryTable.header.utf8))
                while true {
                    try await output.write(Array(HistoryTable.lines(page.items).utf8))
                    guard !page.nextCursor.isEmpty else { return }
                    request.cursor = page.nextCursor
                    page = try await wallet.listHistory(request, context)
                }
            }
        )
    }
}
