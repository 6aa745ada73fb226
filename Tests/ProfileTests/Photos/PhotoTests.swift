import Reactor
import TestServers
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct PhotoTests {
        @Test(arguments: [
            "good.jpg", "good.png", "good.webp", "lossless.webp", "wide.jpg", "tall.png", "wide.webp", "odd.jpg",
            "progressive.jpg", "palette.png", "interlaced.png", "large.jpg", "large.webp", "large_progressive.jpg",
            "large_lossless.webp",
        ])
        func aPictureBecomesTwoSquares(name: String) throws {
            let squares = try PhotoSquares(of: PhotoFiles.read(name))
            // Of a wide or a tall one the middle is left, where the colours meet in the centre too.
            #expect(try PhotoFiles.quarters(squares.large) == "rg/bw")
            #expect(try PhotoFiles.quarters(squares.small) == "rg/bw")
            let header = try PhotoHeader(parsing: squares.large)
            let small = try PhotoHeader(parsing: squares.small)
            let smaller = ["tall.png": 300, "interlaced.png": 197]
            #expect(header.width == smaller[name] ?? 512 && small.width == 128)
            // Baseline, and nothing but what decoding needs: no APP1, ICC or comment.
            #expect(squares.large.contains([0xFF, 0xC0]) && squares.large.count <= PhotoSquares.mostBytes)
            for marker: UInt8 in [0xE1, 0xE2, 0xED, 0xFE, 0xC2] {
                #expect(!Self.segments(squares.large).contains(marker))
            }
        }

        @Test(arguments: ["gray.jpg", "gray16.png", "noise.png", "tiny.png", "interlaced_thin.png"])
        func unusualOnesAreTakenToo(name: String) throws {
            let squares = try PhotoSquares(of: PhotoFiles.read(name))
            #expect(squares.large.count <= PhotoSquares.mostBytes)
            let (_, rgb) = try PhotoFiles.pixels(squares.large)
            if name == "tiny.png" {
                #expect(zip(rgb, [10, 20, 30] as [UInt8]).allSatisfy { abs(Int($0) - Int($1)) < 8 })
            }
            if name == "interlaced_thin.png" { #expect(rgb[0] > 250 && rgb[1] < 5) }
        }

        @Test(arguments: ["clear.png", "clear.webp", "clear_lossless.webp"])
        func whatIsTransparentLiesOverWhite(name: String) throws {
            let squares = try PhotoSquares(of: PhotoFiles.read(name))
            #expect(try PhotoFiles.quarters(squares.large) == "rr/ww")
        }

        /// What the eight values of Exif look like when the stored picture is red, green / blue, white.
        @Test(
            arguments: zip(
                1...8,
                ["rg/bw", "gr/wb", "wb/gr", "bw/rg", "rb/gw", "br/wg", "wg/br", "gw/rb"]
            )
        )
        func aPictureIsTurnedUpright(value: Int, seen: String) throws {
            let file = try PhotoFiles.read("exif\(value).jpg")
            #expect(try PhotoHeader(parsing: file).orientation.rawValue == value)
            let squares = try PhotoSquares(of: file)
            #expect(try PhotoFiles.quarters(squares.large) == seen)
            #expect(!squares.large.contains(text: "SECRET") && !squares.large.contains(text: "Exif"))
        }

        /// Attack 30: refused, within two seconds, and with less than 64 MiB more than before.
        @Test(
            .timeLimit(.minutes(2)),
            arguments: [
                ("bomb_30000.jpg", PhotoError.Code.tooLarge), ("bomb_30000.png", .tooLarge),
                ("bomb_flat_14000.png", .tooLarge), ("bomb_thin.png", .tooLarge), ("bomb_lossless.webp", .tooLarge),
                ("bomb_progressive.jpg", .tooLarge), ("bomb_bytes.jpg", .tooLarge), ("bomb_5000_scans.jpg", .tooLarge),
                ("moving.png", .unsupported), ("moving.webp", .unsupported), ("moving.gif", .unsupported),
                ("cmyk.jpg", .unsupported), ("heic.jpg", .unsupported), ("picture.svg", .unsupported),
                ("gifar.gif", .unsupported), ("empty.bin", .unsupported), ("truncated.jpg", .broken),
                ("truncated_closed.jpg", .broken), ("truncated.png", .broken), ("truncated.webp", .broken),
                ("warning.jpg", .broken), ("bad_crc.png", .broken), ("lying_size.png", .broken),
                ("only_magic.jpg", .broken), ("only_magic.png", .broken), ("only_magic.webp", .broken),
            ]
        )
        func whatIsNoPhotoIsRefused(name: String, code: PhotoError.Code) throws {
            let file = try PhotoFiles.read(name)
            let rise = try MemoryRise.measure {
                #expect(throws: PhotoError(code, "")) { try PhotoSquares(of: file) }
            }
            #expect(rise.memory < 64 << 20 && rise.time < .seconds(2), "\(rise)")
        }

        /// The same for the largest that are taken, and for metadata that would unpack to 200 MiB.
        @Test(
            .timeLimit(.minutes(2)),
            arguments: [
                "large_flat.png", "large_clear.png", "large.jpg", "large_progressive.jpg", "large.webp",
                "large_lossless.webp", "interlaced_large.png", "bomb_ztxt.png", "bomb_iccp.png", "huge_icc.jpg",
                "huge_comment.jpg",
            ]
        )
        func whatIsLargeCostsLittle(name: String) throws {
            let file = try PhotoFiles.read(name)
            let rise = try MemoryRise.measure { _ = try PhotoSquares(of: file) }
            #expect(rise.memory < 64 << 20 && rise.time < .seconds(2), "\(rise)")
        }

        /// Attack 31: nothing of what came along is in what is kept.
        @Test(arguments: [
            "polyglot_html.jpg", "polyglot_zip.jpg", "polyglot_app.jpg", "polyglot_text.png", "polyglot_tail.png",
            "polyglot_xmp.webp",
        ])
        func nothingElseIsKept(name: String) throws {
            let file = try PhotoFiles.read(name)
            #expect(file.contains(text: "PAYLOAD"))
            let squares = try PhotoSquares(of: file)
            for jpeg in [squares.large, squares.small] {
                for text in ["PAYLOAD", "script", "<?php", "PK\u{3}\u{4}"] { #expect(!jpeg.contains(text: text)) }
                #expect(jpeg.suffix(2) == [0xFF, 0xD9])
            }
        }

        /// However a good file is cut or bent, the answer is a photo or an error, in time.
        @Test(
            .timeLimit(.minutes(2)),
            arguments: [
                "good.jpg", "progressive.jpg", "clear.png", "interlaced.png", "good.webp", "clear_lossless.webp",
            ]
        )
        func bentFilesDoNoHarm(name: String) throws {
            let file = try PhotoFiles.read(name)
            var generator = SeededGenerator(seed: 30)
            var (good, bad) = (0, 0)
            for _ in 0..<150 {
                var bent = file
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bent = Array(file.prefix(Int.random(in: 0..<file.count, using: &generator)))
                case 1:
                    for _ in 0..<Int.random(in: 1...8, using: &generator) {
                        bent[Int.random(in: 0..<bent.count, using: &generator)] = .random(
                            in: 0...255,
                            using: &generator
                        )
                    }
                default:
                    let start = Int.random(in: 0..<bent.count, using: &generator)
                    bent.removeSubrange(start..<min(bent.count, start + .random(in: 1...64, using: &generator)))
                }
                do throws(PhotoError) {
                    _ = try PhotoSquares(of: bent)
                    good += 1
                } catch {
                    bad += 1
                }
            }
            #expect(good + bad == 150 && bad > 50)
        }

        /// The markers of the segments before the first scan.
        private static func segments(_ jpeg: [UInt8]) -> [UInt8] {
            var (found, at): ([UInt8], Int) = ([], 2)
            while at + 4 <= jpeg.count, jpeg[at] == 0xFF {
                found.append(jpeg[at + 1])
                if jpeg[at + 1] == 0xDA { break }
                at += 2 + (Int(jpeg[at + 2]) << 8 | Int(jpeg[at + 3]))
            }
            return found
        }
    }
}
