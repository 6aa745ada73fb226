import Contracts
import HTTP
import RPC
import SwiftProtobuf
import Synchronization
import Testing

/// What the generated routes make of requests. The services are in this process; they say back what they were asked.
@Suite struct RoutesTests {
    private struct SpyMarket: MarketServing {
        func getQuotes(_ request: MarketGetQuotesRequest, _ context: CallContext) async throws
            -> MarketGetQuotesResponse
        {
            .with { $0.missing = request.symbols.map { symbol in .with { $0.symbol = symbol } } }
        }

        func getHistory(_ request: MarketGetHistoryRequest, _ context: CallContext) async throws -> MarketHistory {
            guard request.symbol != "NONE" else { throw RPCError(.notFound, "no such company") }
            return .with {
                $0.symbol = request.symbol
                $0.range = request.range
            }
        }

        func listCompanies(_ request: MarketListCompaniesRequest, _ context: CallContext) async throws
            -> MarketListCompaniesResponse
        {
            guard (0...200).contains(request.limit) else { throw RPCError.field("limit", "range", "must be 1 to 200") }
            return .with { $0.nextCursor = "\(request.query)|\(request.limit)" }
        }
    }

    private struct SpyWallet: WalletServing {
        func listOrders(_ request: WalletListOrdersRequest, _ context: CallContext) async throws
            -> WalletListOrdersResponse
        {
            .with { $0.nextCursor = "\(request.state)" }
        }

        func placeOrder(_ request: WalletOrderRequest, _ context: CallContext) async throws -> WalletOrder {
            .with {
                $0.symbol = request.symbol
                $0.limitPrice = request.limitPrice
            }
        }

        func watch(_ request: WalletWatchRequest, _ context: CallContext) async throws -> WalletWatchResponse {
            guard request.symbol == "BRK.B" else { throw RPCError(.notFound, request.symbol) }
            return WalletWatchResponse()
        }
    }

    private static let order = #"{"symbol":"SAN","side":"buy","type":"market","quantity":"1"}"#

    private struct SpyAuth: AuthServing {}
    private struct SpyProfile: ProfileServing {}

    private func routes() throws -> [RESTRoute] {
        let table = try RPCServiceTable([SpyMarket(), SpyWallet(), SpyAuth(), SpyProfile()])
        let peer = RPCPeer(name: "all")
        peer.bind(local: table)
        let handlers = NoHandlers()
        return IdentityRoutes(auth: AuthClient(peer), profile: ProfileClient(peer), handlers: handlers).all
            + PricesRoutes(market: MarketClient(peer), handlers: handlers).all
            + TradingRoutes(wallet: WalletClient(peer), handlers: handlers).all
    }

    private func send(
        _ method: HTTPMethod,
        _ target: String,
        _ body: String = "",
        type: String? = "application/json"
    ) async throws -> (status: Int, text: String) {
        var fields: HTTPFields = [:]
        fields["content-type"] = type
        let head = HTTPRequestHead(method: method, authority: "x", target: target, fields: fields, version: .http1_1)
        let request = HTTPRequest(head: head, body: HTTPBody(Array(body.utf8)))
        let response = try await RESTHandler(routes()).handle(request)
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    @Test func thePathsOfTheDesignAreThere() throws {
        let all = try routes().map { "\($0.method) \($0.template)" }
        for expected in [
            "POST /api/v1/auth/register", "DELETE /api/v1/auth/sessions/{id}", "DELETE /api/v1/auth/sessions",
            "PUT /api/v1/auth/password", "GET /api/v1/profile", "PATCH /api/v1/profile",
            "GET /api/v1/quotes", "GET /api/v1/quotes/{symbol}", "GET /api/v1/companies/{symbol}/history",
            "GET /api/v1/companies/{symbol}/actions", "GET /api/v1/market/clock", "GET /api/v1/market/calendar",
            "GET /api/v1/wallet", "POST /api/v1/wallet/orders", "DELETE /api/v1/wallet/orders/{id}",
            "GET /api/v1/wallet/events", "PUT /api/v1/watchlist/{symbol}",
        ] {
            #expect(all.contains(expected), "\(expected)")
        }
    }

    @Test func listsComeWithCommasAndAgain() async throws {
        let answer = try await send(.get, "/api/v1/quotes?symbols=A,B&symbols=C")
        #expect(answer.status == 200)
        #expect(
            answer.text
                == #"{"items":[],"missing":[{"symbol":"A","problem":""},{"symbol":"B","problem":""},"#
                + #"{"symbol":"C","problem":""}]}"#
        )
    }

    @Test func pathAndQueryFillTheRequest() async throws {
        let answer = try await send(.get, "/api/v1/companies/BRK%2EB/history?range=1w")
        #expect(answer.text.hasPrefix(#"{"symbol":"BRK.B","currency":"","range":"1w","#))
        let companies = try await send(.get, "/api/v1/companies?query=a+b%26c&limit=7")
        #expect(companies.text == #"{"items":[],"nextCursor":"a b&c|7"}"#)
    }

    @Test(
        arguments: [
            ("/api/v1/companies?limit=x", 400, "limit"), ("/api/v1/companies?limit=1&limit=2", 400, "limit"),
            ("/api/v1/companies?limit=201", 400, "limit"), ("/api/v1/companies?qeury=a", 400, "qeury"),
            ("/api/v1/wallet/orders?state=bogus", 400, "state"),
            ("/api/v1/wallet/orders?state=unspecified", 400, "state"),
        ]
    )
    func aBadParameterIsNamed(target: String, status: Int, field: String) async throws {
        let answer = try await send(.get, target)
        #expect(answer.status == status)
        #expect(answer.text.contains(#""errors":[{"field":"\#(field)","code":"#))
    }

    @Test func enumsAreReadByTheirJSONNames() async throws {
        #expect(try await send(.get, "/api/v1/wallet/orders?state=open").text.contains("open"))
        #expect(try await send(.get, "/api/v1/wallet/orders").text.contains("unspecified"))
    }

    @Test func aBodyIsReadAndTheStatusIsTheOptions() async throws {
        let order = #"{"symbol":"SAN","side":"buy","type":"limit","quantity":"2","limitPrice":"1.5"}"#
        let answer = try await send(.post, "/api/v1/wallet/orders", order)
        #expect(answer.status == 201)
        #expect(answer.text.contains(#""symbol":"SAN""#))
        #expect(answer.text.contains(#""limitPrice":"1.5""#))
    }

    @Test func aBodyWithMoreThanTheMessageIsRefused() async throws {
        let answer = try await send(.post, "/api/v1/wallet/orders", #"{"symbol":"SAN","sybmol":"x"}"#)
        #expect(answer.status == 422)
        #expect(answer.text.contains(#""errors":[{"field":"sybmol","code":"unknown""#))
    }

    @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
    func aBodyThatIsNotJSONIsRefused(type: String?) async throws {
        #expect(try await send(.post, "/api/v1/wallet/orders", Self.order, type: type).status == 415)
    }

    @Test func aTypeMayHaveParameters() async throws {
        let type = "Application/JSON; charset=utf-8"
        #expect(try await send(.post, "/api/v1/wallet/orders", Self.order, type: type).status == 201)
    }

    @Test func aMethodWithoutContentAnswers204() async throws {
        let answer = try await send(.put, "/api/v1/watchlist/BRK.B")
        #expect(answer.status == 204)
        #expect(answer.text.isEmpty)
    }

    @Test func errorsOfServicesBecomeProblems() async throws {
        let missing = try await send(.get, "/api/v1/companies/NONE/history")
        #expect(missing.status == 404)
        #expect(missing.text.contains(#""code":"not-found","detail":"no such company""#))
        let unmade = try await send(.get, "/api/v1/profile")
        #expect(unmade.status == 501)
        #expect(unmade.text.contains("lonja.profile.v1.Profile/GetProfile is not implemented"))
    }
}
