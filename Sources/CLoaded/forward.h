// How a function of a library that is loaded late is defined: with the name and the types that the library's own header
// declares, which the compiler compares.
#pragma once
#include <stdatomic.h>

// The function of that name in a library, loaded where it is not yet. A library that is missing, or lacks the function, ends
// the program with a word about it and status 127, as the system's loader does for one that is linked.
void *holdfast_loaded(const char *library, const char *name);

// Why a library cannot be loaded; NULL where it can.
const char *holdfast_lack_of(const char *library);

#define FORWARD(library, result, name, parameters, arguments)                                              \
    result name parameters {                                                                               \
        static _Atomic(void *) known;                                                                      \
        void *function = atomic_load_explicit(&known, memory_order_acquire);                               \
        if (!function) {                                                                                   \
            function = holdfast_loaded(library, #name);                                                    \
            atomic_store_explicit(&known, function, memory_order_release);                                 \
        }                                                                                                  \
        return ((__typeof__(&name))function)arguments;                                                     \
    }

#define FORWARD_0(library, result, name) FORWARD(library, result, name, (void), ())
#define FORWARD_1(library, result, name, A) FORWARD(library, result, name, (A a), (a))
#define FORWARD_2(library, result, name, A, B) FORWARD(library, result, name, (A a, B b), (a, b))
#define FORWARD_3(library, result, name, A, B, C) FORWARD(library, result, name, (A a, B b, C c), (a, b, c))
#define FORWARD_4(library, result, name, A, B, C, D) FORWARD(library, result, name, (A a, B b, C c, D d), (a, b, c, d))
#define FORWARD_5(library, result, name, A, B, C, D, E)                                                    \
    FORWARD(library, result, name, (A a, B b, C c, D d, E e), (a, b, c, d, e))
#define FORWARD_6(library, result, name, A, B, C, D, E, F)                                                 \
    FORWARD(library, result, name, (A a, B b, C c, D d, E e, F f), (a, b, c, d, e, f))
