#include "forward.h"
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

// The system keeps one copy however often it is asked for it, and lets no other thread in meanwhile.
static void *opened(const char *library) { return dlopen(library, RTLD_NOW | RTLD_LOCAL); }

const char *holdfast_lack_of(const char *library) { return opened(library) ? NULL : dlerror(); }

void *holdfast_loaded(const char *library, const char *name) {
    void *handle = opened(library);
    void *function = handle ? dlsym(handle, name) : NULL;
    if (!function) {
        const char *reason = dlerror();
        dprintf(STDERR_FILENO, "holdfast: a library that this needs cannot be loaded: %s\n", reason ? reason : library);
        _exit(127);
    }
    return function;
}
