#pragma once
// First, so that types of the C library (timeval, sockaddr) belong to the Glibc module alone.
#pragma clang module import SwiftGlibc
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <sys/socket.h>
#include <unistd.h>

// The user id of the process at the other end of a Unix socket; -1 where there is none. The layout is that of
// `struct ucred`, which is GNU source only, see unix(7).
static inline long holdfast_peer_user(int descriptor) {
    struct { int process; unsigned int user; unsigned int group; } peer;
    socklen_t length = sizeof peer;
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (long)peer.user : -1;
}
