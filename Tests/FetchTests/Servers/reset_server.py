"""Accepts connections and resets them: at once, or after the request has come. Prints its port."""
import socket
import struct
import threading

listener = socket.create_server(("127.0.0.1", 0), backlog=512)
print(listener.getsockname()[1], flush=True)


def serve(peer, reads):
    try:
        if reads:
            peer.recv(65536)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    peer.close()


count = 0
while True:
    peer, _ = listener.accept()
    count += 1
    threading.Thread(target=serve, args=(peer, count % 2 == 0), daemon=True).start()
