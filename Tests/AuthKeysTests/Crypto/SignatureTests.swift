import Digest
import Testing

@testable import AuthService

@Suite struct SignatureTests {
    private func decoded(_ text: String) -> [UInt8] { Base64URL.decode(text) ?? [] }

    /// RFC 7515 appendix A.3.
    @Test func knownES256() throws {
        let point =
            [4] + decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
            + decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
        let key = try #require(
            P256PrivateKey(scalar: decoded("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"), point: point)
        )
        let message = Array(
            ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
                + "Ijp0cnVlfQ").utf8
        )
        let signature = decoded(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        )
        #expect(key.isValid(signature, of: message))
        #expect(!key.isValid(signature, of: message + [0]))
        #expect(try key.isValid(key.signature(of: message), of: message))
    }

    /// RFC 7515 appendix A.2.
    @Test func knownRS256() throws {
        let modulus = decoded(KnownKeys.modulus)
        let key = try #require(RSAPublicKey(modulus: modulus, exponent: decoded("AQAB")))
        let message = Array(
            ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
                + "Ijp0cnVlfQ").utf8
        )
        let signature = decoded(
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
                + "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d"
                + "O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
                + "p0igcN_IoypGlUPQGe77Rw"
        )
        #expect(key.isValid(signature, of: message))
        #expect(!key.isValid(signature, of: message + [0]))
        #expect(!key.isValid(signature + [0], of: message))
        #expect(!key.isValid([], of: message))
    }

    @Test func halvesOfZeroAndOtherForms() throws {
        let key = try P256PrivateKey.generate()
        let message = Array("m".utf8)
        let signature = try key.signature(of: message)
        #expect(key.isValid(signature, of: message))
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(!key.isValid(zero + signature[32...], of: message))
        #expect(!key.isValid(signature[..<32] + zero, of: message))
        #expect(!key.isValid(zero + zero, of: message))
        #expect(!key.isValid([UInt8](repeating: 0xff, count: 64), of: message))
        #expect(!key.isValid(signature + [0], of: message))
        #expect(!key.isValid(Array(signature.dropLast()), of: message))
        #expect(!key.isValid([], of: message))
    }

    @Test func scalarAndPointBelongTogether() throws {
        let key = try P256PrivateKey.generate()
        let other = try P256PrivateKey.generate()
        #expect(P256PrivateKey(scalar: try key.scalar(), point: key.point) != nil)
        #expect(P256PrivateKey(scalar: try key.scalar(), point: other.point) == nil)
        #expect(P256PrivateKey(scalar: [UInt8](repeating: 0, count: 32), point: key.point) == nil)
        var outside = key.point
        outside[64] ^= 1
        #expect(P256PrivateKey(scalar: try key.scalar(), point: outside) == nil)
    }

    @Test func boundsOfRSA() {
        let modulus = decoded(KnownKeys.modulus)
        #expect(RSAPublicKey(modulus: modulus, exponent: [1, 0, 1]) != nil)
        for exponent: [UInt8] in [[], [0], [1], [2], [0, 3], [1, 0, 0], [UInt8](repeating: 3, count: 9)] {
            #expect(RSAPublicKey(modulus: modulus, exponent: exponent) == nil)
        }
        #expect(RSAPublicKey(modulus: [0] + modulus, exponent: [1, 0, 1]) == nil)
        #expect(RSAPublicKey(modulus: Array(modulus.dropLast()), exponent: [1, 0, 1]) == nil)
        #expect(RSAPublicKey(modulus: [UInt8](repeating: 0xc3, count: 1025), exponent: [1, 0, 1]) == nil)
        // Divisible by three.
        #expect(RSAPublicKey(modulus: [UInt8](repeating: 0xc3, count: 256), exponent: [1, 0, 1]) == nil)
        #expect(RSAPublicKey(modulus: [], exponent: [1, 0, 1]) == nil)
    }
}
