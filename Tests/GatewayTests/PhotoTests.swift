import HTTP
import RPC
import Testing

@testable import GatewayService

@Suite struct PhotoTests {
    @Test func aPhotoIsKeptAndAskedForAgain() async throws {
        let fixture = try Fixture()
        let fields = Fixture.own(["content-type": "image/png"])
        let put = await fixture.send(.put, "/profile/photo", fields, "0123456789")
        #expect(put.status == 200)
        #expect(put.text == #"{"etag":"\"tag-10\""}"#)
        let get = await fixture.send(.get, "/profile/photo?size=128", ["cookie": Fixture.cookie])
        #expect(get.status == 200)
        #expect(get.text == "0123456789")
        #expect(get.fields["content-type"] == "image/jpeg")
        #expect(get.fields["etag"] == #""tag-10""#)
        #expect(get.fields["cache-control"] == "private, no-cache")
        #expect(get.fields["x-content-type-options"] == "nosniff")
        #expect(get.fields["content-security-policy"]?.contains("sandbox") == true)
        #expect(get.fields["content-disposition"] != nil)
        for (tags, status) in [(#""tag-10""#, 304), (#""a", W/"tag-10""#, 304), ("*", 304), (#""tag-1""#, 200)] {
            let again = await fixture.send(
                .get,
                "/profile/photo",
                ["cookie": Fixture.cookie, "if-none-match": tags]
            )
            #expect(again.status == status)
            #expect(again.fields["etag"] == #""tag-10""#)
            #expect(again.text.isEmpty == (status == 304))
        }
    }

    @Test(arguments: ["image/gif", "image/svg+xml", "text/html", "application/json", ""])
    func onlyPicturesAreTaken(type: String) async throws {
        let fixture = try Fixture()
        let fields = Fixture.own(["content-type": type])
        #expect(await fixture.send(.put, "/profile/photo", fields, "x").status == 415)
        #expect(fixture.profile.photo.isEmpty)
    }

    @Test(arguments: [("large", 413), ("other", 415), ("broken", 422), ("often", 429)])
    func whatProfileRefusesHasItsStatus(content: String, status: Int) async throws {
        let fields = Fixture.own(["content-type": "image/png"])
        #expect(await (try Fixture()).send(.put, "/profile/photo", fields, content).status == status)
    }

    @Test func aPhotoIsAtMostEightMebibytes() async throws {
        let fixture = try Fixture()
        let fields = Fixture.own(["content-type": "image/jpeg"])
        let most = String(repeating: "x", count: 8 << 20)
        #expect(await fixture.send(.put, "/profile/photo", fields, most).status == 200)
        let answer = await fixture.send(.put, "/profile/photo", fields, most + "x")
        #expect(answer.status == 413)
        #expect(answer.text.contains(#""code":"too-large""#))
    }

    @Test func thereIsNoPhotoToBeginWith() async throws {
        let fixture = try Fixture()
        #expect(await fixture.send(.get, "/profile/photo", ["cookie": Fixture.cookie]).status == 404)
        #expect(await fixture.send(.get, "/profile/photo?size=x", ["cookie": Fixture.cookie]).status == 400)
        #expect(await fixture.send(.get, "/profile/photo?user=u-2", ["cookie": Fixture.cookie]).status == 400)
    }
}
