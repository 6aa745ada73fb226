import Contracts
import Foundation
import RPC
import SwiftProtobuf
import Testing

/// What the generated writers put into public JSON.
@Suite struct PublicJSONTests {
    private func text(_ value: some JSONWritable) -> String {
        String(decoding: JSONWriter.bytes(value), as: UTF8.self)
    }

    private let money = LonjaMoney.with {
        $0.amount = "12.34"
        $0.currency = "USD"
    }
    private let moment = Google_Protobuf_Timestamp.with {
        $0.seconds = 1_709_164_800
        $0.nanos = 120_000_000
    }

    @Test func everyFieldIsThereThoughEmpty() {
        #expect(text(MarketListCompaniesResponse()) == #"{"items":[],"nextCursor":""}"#)
        #expect(text(MarketGetQuotesResponse()) == #"{"items":[],"missing":[]}"#)
        let company = text(MarketCompany())
        #expect(
            company
                == #"{"symbol":"","name":"","sector":"","currency":"","synthetic":false,"firstDate":"","lastDate":"","exchange":""}"#
        )
    }

    @Test func whatIsUnsetIsLeftOut() {
        let quote = text(MarketQuote())
        for name in ["price", "previousClose", "day", "asOf", "replayedTime"] {
            #expect(!quote.contains("\"\(name)\""), "\(name)")
        }
        let order = text(WalletOrder.with { $0.quantity = "" })
        #expect(order.contains(#""quantity":"""#))
        #expect(!order.contains("\"amount\""))
        #expect(!order.contains("\"problem\""))
    }

    @Test func enumsAreTheirNamesWithoutPrefix() {
        #expect(text(MarketQuote.with { $0.session = .open }).contains(#""session":"open""#))
        #expect(text(MarketQuote()).contains(#""session":"unspecified""#))
        #expect(text(WalletOrder.with { $0.state = .cancelled }).contains(#""state":"cancelled""#))
        #expect(text(WalletOrder.with { $0.state = .UNRECOGNIZED(99) }).contains(#""state":99"#))
    }

    @Test func largeNumbersAreNumbers() {
        let day = MarketQuote.Day.with { $0.volume = 9_007_199_254_740_993 }
        #expect(text(day).contains(#""volume":9007199254740993"#))
    }

    /// Where both forms are the same, SwiftProtobuf reads what we write.
    @Test func protobufReadsItBack() throws {
        func roundTrip<M: Message & JSONWritable & Equatable>(_ message: M) throws {
            let read = try M(jsonUTF8Bytes: JSONWriter.bytes(message))
            #expect(read == message)
        }
        try roundTrip(
            MarketHistory.with {
                $0.symbol = "SAN"
                $0.currency = "EUR"
                $0.replayed = true
                $0.items = [
                    .with {
                        $0.date = "2024-02-29"
                        $0.open = "1.50"
                        $0.volume = .max
                    }, .init(),
                ]
            }
        )
        try roundTrip(
            MarketListActionsResponse.with {
                $0.items = [
                    .with {
                        $0.type = "dividend"
                        $0.newShares = -3
                        $0.amount = money
                    }
                ]
            }
        )
        try roundTrip(
            AuthListSessionsResponse.with {
                $0.items = [
                    .with {
                        $0.userAgent = "a \"quoted\" \\ one\n\u{1}é😀"
                        $0.createdAt = moment
                        $0.lastSeenAt = .init()
                    }
                ]
            }
        )
    }

    /// Another parser gets the same text out of both.
    @Test(arguments: ["plain", "\"\\\n\r\t", "é😀", "\u{7}\u{1f}\u{7f}\u{2028}"])
    func textIsAsProtobufWritesIt(name: String) throws {
        let ours = try #require(
            try JSONSerialization.jsonObject(with: Data(JSONWriter.bytes(MarketCompany.with { $0.name = name })))
                as? [String: Any]
        )
        #expect(ours["name"] as? String == name)
        let theirs = try MarketCompany.with { $0.name = name }.jsonString()
        let read = try #require(try JSONSerialization.jsonObject(with: Data(theirs.utf8)) as? [String: Any])
        #expect(read["name"] as? String == ours["name"] as? String)
    }

    @Test func momentsAreAsProtobufWritesThem() throws {
        for nanos: Int32 in [0, 120_000_000, 120_000, 1] {
            let clock = MarketClock.with { $0.time = .init(seconds: 1_709_164_800, nanos: nanos) }
            let theirs = try clock.time.jsonString()
            #expect(text(clock).contains("\"time\":\(theirs)"))
        }
    }
}
