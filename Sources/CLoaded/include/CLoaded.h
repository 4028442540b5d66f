// Libraries that are loaded when they are first needed: the C functions of libssh, OpenSSL and libevent's part for TLS that
// this program calls, each of which looks the real one up and calls it. Linked, these and what they bring along would cost
// every start of the program a quarter of its time, and most runs need none of them. Their headers are read from CLibSSH,
// COpenSSL and CEvent; this header declares nothing.
#pragma once
