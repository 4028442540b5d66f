#pragma once
#pragma clang module import SwiftGlibc
#include <curl/curl.h>
#include <dlfcn.h>
#include <string.h>

// libcurl brings some twenty libraries along, which cost each start of the program several milliseconds although hardly
// any run of it fetches something. It is loaded when it is first needed. curl_easy_setopt is variadic besides, which Swift
// cannot call.
struct holdfast_fetch {
    char *bytes;
    size_t count, limit;
    int is_too_large;
};

static inline size_t holdfast_fetch_take(char *data, size_t size, size_t count, void *user) {
    struct holdfast_fetch *fetch = (struct holdfast_fetch *)user;
    size_t length = size * count;
    if (length > fetch->limit - fetch->count) {
        fetch->is_too_large = 1;
        return 0;
    }
    memcpy(fetch->bytes + fetch->count, data, length);
    fetch->count += length;
    return length;
}

// Fetches `url` into `bytes`. Follows no redirection and speaks nothing but the protocols named. Returns the status of the
// response; a negative number where there is none, and its words in `words`, which has room for 256 bytes.
static inline long holdfast_curl_get(const char *url, const char *protocols, long milliseconds,
                                     struct holdfast_fetch *fetch, char *words) {
    static void *library;
    if (!library) library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    words[0] = 0;
    if (!library) {
        strncpy(words, "the library libcurl.so.4 is not installed", 255);
        return -1;
    }
    CURL *(*init)(void) = (CURL * (*)(void)) dlsym(library, "curl_easy_init");
    CURLcode (*set)(CURL *, CURLoption, ...) = (CURLcode (*)(CURL *, CURLoption, ...))dlsym(library, "curl_easy_setopt");
    CURLcode (*perform)(CURL *) = (CURLcode (*)(CURL *))dlsym(library, "curl_easy_perform");
    CURLcode (*info)(CURL *, CURLINFO, ...) = (CURLcode (*)(CURL *, CURLINFO, ...))dlsym(library, "curl_easy_getinfo");
    void (*cleanup)(CURL *) = (void (*)(CURL *))dlsym(library, "curl_easy_cleanup");
    const char *(*describe)(CURLcode) = (const char *(*)(CURLcode))dlsym(library, "curl_easy_strerror");
    CURL *handle = init && set && perform && info && cleanup && describe ? init() : NULL;
    if (!handle) {
        strncpy(words, "the library libcurl.so.4 cannot be used", 255);
        return -1;
    }
    long status = -1;
    set(handle, CURLOPT_URL, url);
    set(handle, CURLOPT_PROTOCOLS_STR, protocols);
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_TIMEOUT_MS, milliseconds);
    set(handle, CURLOPT_WRITEFUNCTION, holdfast_fetch_take);
    set(handle, CURLOPT_WRITEDATA, fetch);
    set(handle, CURLOPT_USERAGENT, "holdfast");
    CURLcode code = perform(handle);
    if (code == CURLE_OK) info(handle, CURLINFO_RESPONSE_CODE, &status);
    else strncpy(words, fetch->is_too_large ? "the answer is too large" : describe(code), 255);
    words[255] = 0;
    cleanup(handle);
    return status;
}
