internal import Fetch
internal import HTTP
internal import Load
internal import Observe
internal import Reactor

/// One client of the exchange, as a page of ours would act for it. Loop only.
///
/// Safe: all clients are tasks of one loop.
final class Client: @unchecked Sendable {
    private static let symbols = ["AAPL", "GOOG", "IBM", "MSFT"]
    private static let timeout = Duration.seconds(60)

    private let door: FetchClient
    private let base: String
    private let address: String
    private let email: String
    private let password: String
    private var cookie = ""
    private var csrf = ""
    private var names = 0
    private var shares: [String: Int] = [:]

    /// - Parameters:
    ///   - base: "http://localhost:8080".
    ///   - address: where the client says it comes from, so that each has attempts of its own.
    init(_ door: FetchClient, base: String, address: String, email: String, password: String) {
        self.door = door
        self.base = base
        self.address = address
        self.email = email
        self.password = password
    }

    /// Logs in, and buys what is sold later.
    func prepare(_ dice: inout Dice) async throws {
        try await run(.login, &dice)
        for symbol in Self.symbols { try await order("buy", symbol, 10, &dice) }
    }

    /// What is done next: a login after a logout.
    func next(_ dice: inout Dice) -> Operation { cookie.isEmpty ? .login : Operation.next(&dice) }

    /// One operation, awaited to its end.
    /// - Throws: `Failure` for an answer that is none.
    func run(_ operation: Operation, _ dice: inout Dice) async throws {
        let symbol = Self.symbols[Int(dice.next() % UInt64(Self.symbols.count))]
        switch operation {
        case .home:
            // What the first page shows.
            try await send(.get, "/wallet", 200)
            try await send(.get, "/quotes?symbols=\(Self.symbols.joined(separator: ","))", 200)
        case .quote:
            try await send(.get, "/quotes/\(symbol)", 200)
        case .portfolio:
            try await send(.get, "/wallet/holdings", 200)
        case .account:
            try await send(.get, "/profile", 200)
        case .update:
            names += 1
            let name = names.isMultiple(of: 2) ? "Ana" : "Eva"
            try await send(.patch, "/profile", 200, body: #"{"givenName":"\#(name)"}"#)
        case .buy:
            try await order("buy", symbol, 1, &dice)
        case .sell:
            // What there is: others are sold as often as they are bought, but not in this order.
            try await order("sell", shares[symbol, default: 0] > 0 ? symbol : largest, 1, &dice)
        case .register:
            let address = "new-\(String(dice.next(), radix: 36))@example.com"
            let body = """
                {"givenName":"Ana","familyName":"Ruiz","email":"\(address)","password":"\(password)","language":"en"}
                """
            try await send(.post, "/auth/register", 202, body: body)
        case .login:
            let answer = try await send(
                .post,
                "/auth/login",
                200,
                body: #"{"email":"\#(email)","password":"\#(password)"}"#
            )
            csrf = try Self.member("csrfToken", of: answer.text)
            cookie = answer.fields.values(for: "set-cookie").map { String($0.prefix { $0 != ";" }) }
                .joined(separator: "; ")
        case .logout:
            try await send(.post, "/auth/logout", 204)
            (cookie, csrf) = ("", "")
        }
    }

    private var largest: String { shares.max { $0.value < $1.value }?.key ?? Self.symbols[0] }

    private func order(_ side: String, _ symbol: String, _ quantity: Int, _ dice: inout Dice) async throws {
        let body = #"{"symbol":"\#(symbol)","side":"\#(side)","type":"market","quantity":"\#(quantity)"}"#
        try await send(.post, "/wallet/orders", 201, body: body, key: String(dice.next(), radix: 36))
        shares[symbol, default: 0] += side == "buy" ? quantity : -quantity
    }

    @discardableResult
    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ status: Int,
        body: String = "",
        key: String? = nil
    ) async throws -> FetchResponse {
        var request = FetchRequest(method, try FetchURL("\(base)/api/v1\(path)"))
        request.fields = ["x-forwarded-for": address, "accept": "application/json"]
        if !cookie.isEmpty { request.fields.append("cookie", cookie) }
        if method != .get {
            request.fields.append("origin", base)
            if !csrf.isEmpty { request.fields.append("x-csrf-token", csrf) }
        }
        if let key { request.fields.append("idempotency-key", key) }
        if !body.isEmpty {
            request.fields.append("content-type", "application/json")
            request.body = .bytes(Array(body.utf8))
        }
        let response = try await door.fetch(request, deadline: .now().advanced(by: Self.timeout))
        guard response.status == status else {
            throw Failure(description: "\(method) \(path): \(response.status) \(response.text.prefix(300))")
        }
        return response
    }

    /// A text of a JSON object that has no escapes in it.
    private static func member(_ name: String, of json: String) throws -> String {
        guard let range = json.firstRange(of: "\"\(name)\":\"") else {
            throw Failure(description: "no \(name) in \(json.prefix(300))")
        }
        return String(json[range.upperBound...].prefix { $0 != "\"" })
    }
}
