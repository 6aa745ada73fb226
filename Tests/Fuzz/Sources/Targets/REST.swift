@testable import HTTP
@testable import RPC

/// Paths and queries: what a route is given has no separators in it, and escaped anew it leads to the same route.
func fuzzREST(_ input: [UInt8]) {
    let target = String(decoding: input, as: UTF8.self)
    let head = HTTPRequestHead(method: .get, authority: "localhost", target: target, version: .http1_1)
    do throws(RESTError) {
        let (endpoint, variables) = try router.find(.get, head.path)
        for (_, value) in variables {
            hold(!value.isEmpty && value != "." && value != "..", "a variable is a name")
            hold(value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != 0x2f && $0 != 0x5c }, "and no path")
        }
        var path = endpoint.route.template
        for (name, value) in variables { path = path.replacing("{\(name)}", with: escaped(value)) }
        let again = try router.find(.get, path[...])
        same(again.endpoint.route.template, endpoint.route.template, "the same route")
        same(again.variables.map(\.value), variables.map(\.value), "the same variables")
    } catch {
        hold([400, 404, 405].contains(error.status), "a path is refused by 400, 404 or 405")
    }
    checkQuery(head.query)
}

private func checkQuery(_ query: Substring?) {
    do {
        var request = try RESTRequest(variables: [], query: query, content: [])
        let page = try? request.query("a", as: String.self)
        let list = (try? request.queryList("b", as: String.self)) ?? []
        hold(list.allSatisfy { !$0.contains(",") }, "the items of a list have no commas")
        if let page { hold(query.map { $0.contains("a") || $0.contains("%61") } ?? false, "\(page) was asked for") }
        try? request.finish()
    } catch {
        hold(query != nil, "no query is right")
    }
}

/// Every byte that is no letter or digit as an escape.
private func escaped(_ text: String) -> String {
    text.utf8.map { byte in
        let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
        let digits = String(byte, radix: 16)
        return isPlain ? String(Unicode.Scalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
}

private let router: RESTRouter = {
    func route(_ template: StaticString) -> RESTRoute {
        RESTRoute(.get, template, for: .anybody) { _, _ in .noContent }
    }
    do throws(RESTRouter.Conflict) {
        return try RESTRouter([
            route("/quotes/{symbol}"), route("/quotes/stream"), route("/companies/{symbol}/history"), route("/a/b/c"),
            route("/a/{second}/{third}"), route("/"), route("/wallet/orders/{id}"),
        ])
    } catch {
        fatalError("\(error)")
    }
}()
