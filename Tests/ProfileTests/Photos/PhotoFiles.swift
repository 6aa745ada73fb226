import CPhoto
import Foundation
import TestServers

@testable import ProfileService

/// The pictures that make_photos.py writes, once for all tests.
enum PhotoFiles {
    struct Missing: Error, CustomStringConvertible { let description: String }

    private static let folder: Result<TemporaryFolder, any Error> = Result {
        let folder = try TemporaryFolder()
        let script = "\(TestPrograms.tests)/ProfileTests/Photos/make_photos.py"
        try ServerProcess.run([TestPrograms.python(), script, folder.path])
        atexit { try? PhotoFiles.folder.get().remove() }
        return folder
    }

    static func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder.get().file(name))))
    }

    /// The pixels of a square JPEG of ours.
    static func pixels(_ jpeg: [UInt8]) throws -> (side: Int, rgb: [UInt8]) {
        let header = try PhotoHeader(parsing: jpeg)
        var rgb = [UInt8](repeating: 0, count: 3 * header.width * header.width)
        let status = jpeg.withUnsafeBufferPointer { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return 1 }
            var source = profile_photo_source(
                bytes: base,
                size: bytes.count,
                width: UInt32(header.width),
                height: UInt32(header.height),
                side: UInt32(header.width),
                deadline: .max
            )
            return profile_photo_decode_jpeg(&source, &rgb)
        }
        guard status == 0, header.width == header.height else { throw Missing(description: "no square JPEG") }
        return (header.width, rgb)
    }

    /// What is seen in the middle of each quarter, by the colour that is nearest: "rg/bw" is red, green, blue and white.
    static func quarters(_ jpeg: [UInt8]) throws -> String {
        let (side, rgb) = try pixels(jpeg)
        func colour(_ x: Int, _ y: Int) -> Character {
            let at = 3 * (y * side + x)
            let (red, green, blue) = (rgb[at] > 128, rgb[at + 1] > 128, rgb[at + 2] > 128)
            switch (red, green, blue) {
            case (true, false, false): return "r"
            case (false, true, false): return "g"
            case (false, false, true): return "b"
            case (true, true, true): return "w"
            default: return "?"
            }
        }
        let (low, high) = (side / 4, side - side / 4 - 1)
        return "\(colour(low, low))\(colour(high, low))/\(colour(low, high))\(colour(high, high))"
    }
}

extension [UInt8] {
    func contains(text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return false }
        return indices.dropLast(wanted.count - 1).contains {
            self[$0] == wanted[0] && self[$0..<$0 + wanted.count].elementsEqual(wanted)
        }
    }
}
