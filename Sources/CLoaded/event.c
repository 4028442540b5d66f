#include "forward.h"
#include "CLoaded.h"
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static const char library[] = "libevent_core-2.1.so.7";

FORWARD_2(library, int, bufferevent_disable, struct bufferevent *, short)
FORWARD_2(library, int, bufferevent_enable, struct bufferevent *, short)
FORWARD_1(library, void, bufferevent_free, struct bufferevent *)
FORWARD_1(library, struct evbuffer *, bufferevent_get_input, struct bufferevent *)
FORWARD_1(library, struct evbuffer *, bufferevent_get_output, struct bufferevent *)
FORWARD_1(library, evutil_socket_t, bufferevent_getfd, struct bufferevent *)
FORWARD_5(library, void, bufferevent_setcb, struct bufferevent *, bufferevent_data_cb, bufferevent_data_cb, bufferevent_event_cb, void *)
FORWARD_4(library, void, bufferevent_setwatermark, struct bufferevent *, short, size_t, size_t)
FORWARD_3(library, struct bufferevent *, bufferevent_socket_new, struct event_base *, evutil_socket_t, int)
FORWARD_3(library, int, bufferevent_write, struct bufferevent *, const void *, size_t)
FORWARD_1(library, size_t, evbuffer_get_length, const struct evbuffer *)
FORWARD_3(library, int, evbuffer_remove, struct evbuffer *, void *, size_t)
FORWARD_1(library, int, evconnlistener_disable, struct evconnlistener *)
FORWARD_1(library, int, evconnlistener_enable, struct evconnlistener *)
FORWARD_1(library, void, evconnlistener_free, struct evconnlistener *)
FORWARD_1(library, evutil_socket_t, evconnlistener_get_fd, struct evconnlistener *)
FORWARD_6(library, struct evconnlistener *, evconnlistener_new, struct event_base *, evconnlistener_cb, void *, unsigned, int, evutil_socket_t)
FORWARD_2(library, void, evconnlistener_set_error_cb, struct evconnlistener *, evconnlistener_errorcb)
FORWARD_2(library, int, event_add, struct event *, const struct timeval *)
FORWARD_6(library, int, event_assign, struct event *, struct event_base *, evutil_socket_t, short, event_callback_fn, void *)
FORWARD_1(library, void, event_base_free, struct event_base *)
FORWARD_2(library, int, event_base_loop, struct event_base *, int)
FORWARD_1(library, int, event_base_loopbreak, struct event_base *)
FORWARD_0(library, struct event_base *, event_base_new)
FORWARD_1(library, int, event_del, struct event *)
FORWARD_1(library, void, event_free, struct event *)
FORWARD_0(library, const char *, event_get_version)
FORWARD_5(library, struct event *, event_new, struct event_base *, evutil_socket_t, short, event_callback_fn, void *)
FORWARD_1(library, int, evutil_make_socket_closeonexec, evutil_socket_t)
FORWARD_1(library, int, evutil_make_socket_nonblocking, evutil_socket_t)

const char *holdfast_lack_of_events(void) { return holdfast_lack_of(library); }
