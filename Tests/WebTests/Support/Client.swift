import HTTP
import Observe
import Reactor

@testable import WebService

/// Asks a handler without a network.
struct Client {
    let handler: SiteHandler

    init(_ build: SmallBuild = SmallBuild(), _ options: Site.Options = Site.Options()) throws {
        let holder = SiteHolder()
        holder.replace(by: try build.site(options))
        handler = SiteHandler(holder, SiteMetrics(MetricRegistry()))
    }

    func get(_ target: String, _ fields: HTTPFields = [:], method: HTTPMethod = .get) -> Answer {
        let head = HTTPRequestHead(
            method: method,
            authority: "lonja.example",
            target: target,
            fields: fields,
            version: .http1_1
        )
        return Answer(.prepared(handler.answer(head)))
    }

    /// An answer as it goes out.
    struct Answer {
        let status: Int
        let fields: HTTPFields
        let bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }

        init(_ response: HTTPResponse) {
            status = response.status
            if case .prepared(let answer) = response.body {
                fields = answer.fields
                bytes = Array(answer.content.bytes)
            } else {
                fields = response.fields
                if case .bytes(let content) = response.body { bytes = content } else { bytes = [] }
            }
        }
    }
}
