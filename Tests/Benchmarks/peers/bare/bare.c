// What a request costs when nothing is done with it: HTTP/2's frames without its rules, on one thread with epoll. It
// reads no header block, answers each DATA frame that ends a stream with fixed headers, the same bytes and fixed trailers,
// and knows of a connection only its descriptor and what is left of a frame. One recv and one send for all that came.
// Prints its port. Only for load generators of this machine: a peer that does not keep to the protocol is cut off.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PREFACE = 24, HEAD = 9, MOST = 1 << 17, EVENTS = 256 };
enum { DATA = 0, HEADERS = 1, SETTINGS = 4, WINDOW_UPDATE = 8, END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

struct connection {
    int descriptor, skip;
    size_t kept;
    uint8_t *rest;
};

static uint8_t in[2 * MOST], out[4 * MOST];
static size_t filled;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void frame(int type, int flags, uint32_t stream, const void *payload, size_t length) {
    if (filled + HEAD + length > sizeof out) die("an answer is too long");
    uint8_t head[HEAD] = {length >> 16, length >> 8, length, type, flags, stream >> 24, stream >> 16, stream >> 8, stream};
    memcpy(out + filled, head, HEAD);
    if (length) memcpy(out + filled + HEAD, payload, length);
    filled += HEAD + length;
}

static void answer(uint32_t stream, const uint8_t *data, size_t length) {
    // :status 200 and the name content-type are in the static table (RFC 7541, A); the rest is literal.
    static const char headers[] = "\x88\x0f\x10\x10" "application/grpc", trailers[] = "\x00\x0bgrpc-status\x01" "0";
    frame(HEADERS, END_HEADERS, stream, headers, sizeof headers - 1);
    frame(DATA, 0, stream, data, length);
    frame(HEADERS, END_HEADERS | END_STREAM, stream, trailers, sizeof trailers - 1);
}

/// Answers whole frames; returns how many bytes those were.
static size_t take(struct connection *c, const uint8_t *bytes, size_t count) {
    size_t at = 0;
    if (c->skip) {
        if (count < PREFACE) return 0;
        at = PREFACE;
        c->skip = 0;
    }
    while (count - at >= HEAD) {
        const uint8_t *head = bytes + at;
        size_t length = (size_t)head[0] << 16 | head[1] << 8 | head[2];
        if (count - at < HEAD + length) break;
        uint32_t stream = (uint32_t)head[5] << 24 | head[6] << 16 | head[7] << 8 | head[8];
        if (head[3] == DATA && head[4] & END_STREAM) answer(stream, head + HEAD, length);
        if (head[3] == SETTINGS && !(head[4] & ACK)) frame(SETTINGS, ACK, 0, NULL, 0);
        at += HEAD + length;
    }
    return at;
}

static void drop(struct connection *c) {
    close(c->descriptor);
    free(c->rest);
    free(c);
}

static void ready(struct connection *c) {
    if (c->kept) memcpy(in, c->rest, c->kept);
    ssize_t count = recv(c->descriptor, in + c->kept, MOST, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return drop(c);
    size_t all = c->kept + (size_t)count, used = take(c, in, all);
    c->kept = all - used;
    if (c->kept > MOST) return drop(c);
    free(c->rest);
    c->rest = NULL;
    if (c->kept) {
        if (!(c->rest = malloc(c->kept))) die("malloc");
        memcpy(c->rest, in + used, c->kept);
    }
    // Answers are small and the kernel takes megabytes: who leaves more unread is cut off.
    if (filled && send(c->descriptor, out, filled, MSG_NOSIGNAL) != (ssize_t)filled) drop(c);
    filled = 0;
}

static void greet(int epoll, int descriptor) {
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = calloc(1, sizeof *c);
    if (!c) die("calloc");
    *c = (struct connection){.descriptor = descriptor, .skip = 1};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll_ctl");
    frame(SETTINGS, 0, 0, NULL, 0);
    // As much of the connection's window as there is, given once.
    frame(WINDOW_UPDATE, 0, 0, "\x7f\xff\x00\x00", 4);
    if (send(descriptor, out, filled, MSG_NOSIGNAL) != (ssize_t)filled) die("send");
    filled = 0;
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event)) die("epoll_ctl");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr) {
                ready(events[i].data.ptr);
                continue;
            }
            int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (descriptor >= 0) greet(epoll, descriptor);
        }
    }
}
