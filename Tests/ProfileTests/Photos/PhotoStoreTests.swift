import Contracts
import Foundation
import Glibc
import Postgres
import RPC
import TestServers
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct PhotoStoreTests {
        @Test(.timeLimit(.minutes(1)))
        func aPhotoIsKeptShownReplacedAndRemoved() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                let none = await refusal { _ = try await profile.photo(id) }
                #expect(none?.code == .notFound && none?.reason == "no-photo")
                let tag = try await profile.put(id, PhotoFiles.read("exif6.jpg"))
                let large = try await profile.photo(id)
                let seen = try PhotoFiles.quarters(large.jpeg)
                #expect(large.tag == tag && seen == "br/wg")
                let sizes: [(Int32, Int)] = [(1, 128), (128, 128), (129, 512), (512, 512), (4000, 512)]
                for (asked, given) in sizes {
                    let photo = try await profile.photo(id, size: asked)
                    #expect(try PhotoHeader(parsing: photo.jpeg).width == given)
                    #expect((photo.tag == tag) == (given == 512))
                }
                #expect(try await profile.person(id).hasPhoto_p)
                // The same picture has the same tag, another has another.
                #expect(try await profile.put(id, PhotoFiles.read("exif6.jpg")) == tag)
                let other = try await profile.put(id, PhotoFiles.read("good.png"))
                let shown = try await profile.photo(id).tag
                #expect(other != tag && shown == other)
                // Nobody else's.
                let bea = try await profile.verified("b@example.com")
                let foreign = await refusal { _ = try await profile.photo(bea) }
                #expect(foreign?.code == .notFound)
                _ = try await profile.client.deletePhoto(.init(), profile.context(id))
                let gone = await refusal { _ = try await profile.photo(id) }
                #expect(gone?.code == .notFound)
                #expect(try FileManager.default.contentsOfDirectory(atPath: profile.images).isEmpty)
            }
        }

        /// Attack 30 through the contract, and the limit of uploads.
        @Test(.timeLimit(.minutes(1)))
        func whatIsNoPhotoIsRefusedWithAReason() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                let cases: [(String, String, RPCError.Code)] = [
                    ("bomb_bytes.jpg", "photo-too-large", .resourceExhausted),
                    ("bomb_30000.png", "photo-too-large", .resourceExhausted),
                    ("picture.svg", "photo-unsupported", .invalidArgument),
                    ("truncated.jpg", "photo-broken", .invalidArgument),
                ]
                for (name, reason, code) in cases {
                    let file = try PhotoFiles.read(name)
                    let error = await refusal { _ = try await profile.put(id, file) }
                    #expect(error?.reason == reason && error?.code == code, "\(name)")
                }
                _ = try await profile.put(id, PhotoFiles.read("good.jpg"))
                let sixth = await refusal { _ = try await profile.put(id, try PhotoFiles.read("good.jpg")) }
                #expect(sixth?.code == .resourceExhausted && sixth?.reason == "too-many-photos")
                let files = try FileManager.default.contentsOfDirectory(atPath: profile.images).sorted()
                #expect(files == ["\(id).jpg", "\(id).small.jpg"])
                for file in files {
                    let mode = try FileManager.default.attributesOfItem(atPath: "\(profile.images)/\(file)")
                    #expect(mode[.posixPermissions] as? Int == 0o640)
                }
            }
        }

        /// Attack 32: a name is only ever made of an id's bits, and no link in the folder leads out of it.
        @Test(.timeLimit(.minutes(1)))
        func nothingLeadsOutOfTheFolder() async throws {
            let temporary = try TemporaryFolder()
            defer { temporary.remove() }
            let path = temporary.path
            let (images, outside) = ("\(path)/a/images", "\(path)/outside")
            try "secret".write(toFile: outside, atomically: false, encoding: .utf8)
            let folder = try PhotoFolder(images)
            let id = PostgresUUID.random()
            for name in ["\(id).jpg", "\(id).small.jpg"] {
                try FileManager.default.createSymbolicLink(atPath: "\(images)/\(name)", withDestinationPath: outside)
            }
            let links = [try folder.read(id, .large), try folder.read(id, .small)]
            #expect(links == [nil, nil])
            let squares = try PhotoSquares(of: PhotoFiles.read("good.jpg"))
            try folder.write(id, squares)
            #expect(try String(contentsOfFile: outside, encoding: .utf8) == "secret")
            let kept = [try folder.read(id, .large), try folder.read(id, .small)]
            #expect(kept == [squares.large, squares.small])
            // A pipe or a folder of that name is no photo, and holds nobody up.
            try folder.remove(id)
            #expect(mkfifo("\(images)/\(id).jpg", 0o600) == 0)
            #expect(try folder.read(id, .large) == nil)
            try folder.remove(id)
            // An id in capitals is the same id.
            let upper = try #require(PostgresUUID(parsing: id.description.uppercased()))
            try folder.write(upper, squares)
            #expect(FileManager.default.fileExists(atPath: "\(images)/\(id).jpg"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: images).count == 2)
        }

        @Test func leftoversOfACrashGo() throws {
            let temporary = try TemporaryFolder()
            defer { temporary.remove() }
            let path = temporary.path
            let folder = try PhotoFolder(path)
            for name in [".old.tmp", ".new.tmp", "kept.jpg", ".kept"] {
                try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            }
            var times = [timespec(tv_sec: time(nil) - 700, tv_nsec: 0), timespec(tv_sec: time(nil) - 700, tv_nsec: 0)]
            #expect(utimensat(AT_FDCWD, "\(path)/.old.tmp", &times, 0) == 0)
            folder.removeLeftovers()
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [".kept", ".new.tmp", "kept.jpg"]
            )
        }

        /// Writers and readers at once: a reader sees one picture or the other, never a part of one.
        @Test(.timeLimit(.minutes(1)))
        func readersSeeWholePictures() async throws {
            let temporary = try TemporaryFolder()
            defer { temporary.remove() }
            let path = temporary.path
            let folder = try PhotoFolder(path)
            let id = PostgresUUID.random()
            let pictures = [
                try PhotoSquares(of: PhotoFiles.read("good.jpg")), try PhotoSquares(of: PhotoFiles.read("noise.png")),
            ]
            try folder.write(id, pictures[0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for picture in pictures {
                    group.addTask { for _ in 0..<40 { try folder.write(id, picture) } }
                }
                group.addTask {
                    for _ in 0..<400 {
                        let seen = try folder.read(id, .large)
                        #expect(pictures.contains { $0.large == seen })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 2)
        }
    }
}
