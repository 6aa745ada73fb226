/// Sizes that keep connections of HTTP/2 going in libcurl 7.88 (Debian 12).
///
/// That version gives each transfer one buffer. When a transfer's is full, it stops within a frame, and when that was
/// all that had come, it does not look at the end of the frame until something else comes on the connection: an answer
/// whose last frame ended so would end only with the next PING, or never (mended in curl 8.0). A buffer fills when
/// another transfer of the connection reads the socket, and what the kernel has is for the first one. So the buffer
/// takes more than the kernel keeps, twice over, as some of it may be full when that comes: with 256 KB, one in four
/// thousand answers without a length stalled. An answer that says its length is over when so much has come, whatever
/// curl knows.
enum SharedConnection {
    /// The buffer of a transfer.
    static let bufferBytes = 512 << 10
    /// What the kernel is asked to keep; it doubles that, for what the packets cost.
    static let receiveBytes: Int32 = 96 << 10
}
