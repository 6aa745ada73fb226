import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix

// HummingbirdPeer PORT LOOPS FILE: answers GET /api/v1/quotes/{symbol} with what is in the file, whoever asks.
// It has the route's parameter, and nothing else to do: no session, no checks, no JSON to make.
let words = CommandLine.arguments
guard words.count == 4, let port = Int(words[1]), let loops = Int(words[2]) else {
    fatalError("usage: HummingbirdPeer PORT LOOPS FILE")
}
guard let text = try? String(contentsOfFile: words[3], encoding: .utf8) else {
    fatalError("\(words[3]) cannot be read")
}
let body = ByteBuffer(string: text)
let router = Router()
router.get("/api/v1/quotes/:symbol") { _, context -> Response in
    _ = try context.parameters.require("symbol")
    return Response(
        status: .ok,
        headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: body)
    )
}
var logger = Logger(label: "peer")
logger.logLevel = .error
let application = Application(
    router: router,
    configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: loops)),
    logger: logger
)
try await application.runService()
