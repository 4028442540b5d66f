#pragma once
// First, so that types of the C library (timespec, stat) belong to the Glibc module alone. Read as text here as well,
// they would belong to whichever module a file happens to import first.
#pragma clang module import SwiftGlibc
#include <fcntl.h>
#include <malloc.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

// GNU source only. Defining _GNU_SOURCE here would disagree with the Glibc module about the layout of shared types,
// so the few functions needed are declared by hand, as the manual pages give them.
extern int pipe2(int descriptors[2], int flags);
extern void *memmem(const void *in, size_t length, const void *what, size_t what_length);
extern int fsetxattr(int descriptor, const char *name, const void *value, size_t size, int flags);
extern ssize_t fgetxattr(int descriptor, const char *name, void *value, size_t size);
extern ssize_t flistxattr(int descriptor, char *names, size_t size);
extern int fremovexattr(int descriptor, const char *name);
extern int renameat2(int old_folder, const char *old, int new_folder, const char *new, unsigned int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// open(2), openat(2) and fcntl(2) are variadic, which Swift cannot call.
static inline int holdfast_open(const char *path, int flags, unsigned int mode) { return open(path, flags, mode); }
static inline int holdfast_openat(int folder, const char *path, int flags, unsigned int mode) {
    return openat(folder, path, flags, mode);
}
static inline int holdfast_fcntl(int descriptor, int command, int argument) {
    return fcntl(descriptor, command, argument);
}
// Gives each of two files the name of the other, in one step. The flag is that of <linux/fs.h>.
static inline int holdfast_exchange_at(int folder, const char *one, const char *other) {
    return renameat2(folder, one, folder, other, 2);
}
// O_PATH, declared for GNU source only: a place in the tree, for walking on from there.
static inline int holdfast_path_only(void) { return 010000000; }
static inline int holdfast_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }
// F_SETPIPE_SZ, declared for GNU source only: how much a pipe holds, in bytes.
static inline int holdfast_set_pipe_size(int descriptor, int size) { return fcntl(descriptor, 1031, size); }
static inline void *holdfast_memmem(const void *in, size_t length, const void *what, size_t what_length) {
    return memmem(in, length, what, what_length);
}
static inline int holdfast_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// SEEK_DATA is declared for GNU source only; its number is part of the system's interface.
static inline off_t holdfast_next_data(int descriptor, off_t offset) { return lseek(descriptor, offset, 3); }

// inotify(7): a file of the folder was written, made, moved or removed, or got other rights. The numbers are those of
// <sys/inotify.h>, which would bring types that the Glibc module may have too.
extern int inotify_init1(int flags);
extern int inotify_add_watch(int descriptor, const char *path, unsigned int mask);
extern int inotify_rm_watch(int descriptor, int watch);
static inline int holdfast_inotify_remove(int descriptor, int watch) { return inotify_rm_watch(descriptor, watch); }
static inline int holdfast_inotify_init(void) { return inotify_init1(02000000); }
static inline int holdfast_inotify_add(int descriptor, const char *folder) {
    return inotify_add_watch(descriptor, folder, 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200);
}

// timerfd(2): reading it blocks until the time set is over. The header would bring types that the
// Glibc module has too; 1 is CLOCK_MONOTONIC, 02000000 TFD_CLOEXEC.
extern int timerfd_create(int clock, int flags);
extern int timerfd_settime(int descriptor, int flags, const struct itimerspec *time, struct itimerspec *old);
static inline int holdfast_timer(void) { return timerfd_create(1, 02000000); }
static inline void holdfast_timer_set(int descriptor, long seconds, long nanoseconds) {
    struct itimerspec time = {{0, 0}, {seconds, nanoseconds}};
    timerfd_settime(descriptor, 0, &time, NULL);
}

// sync_file_range(2): begins to write what is in memory of a file, and does not wait. The header would bring types that the
// Glibc module has too; 2 is SYNC_FILE_RANGE_WRITE.
extern int sync_file_range(int descriptor, long offset, long count, unsigned int flags);
static inline void holdfast_start_writing(int descriptor) { sync_file_range(descriptor, 0, 0, 2); }

// ioctl(2) is variadic; its own header would bring types that the Glibc module has too. The four numbers are those of
// `struct winsize`. Columns of the terminal behind `descriptor`; 0 when it is none or does not say.
#include <asm/ioctls.h>
extern int ioctl(int descriptor, unsigned long request, ...);
static inline int holdfast_terminal_columns(int descriptor) {
    unsigned short rows_columns_pixels[4];
    return ioctl(descriptor, TIOCGWINSZ, rows_columns_pixels) == 0 ? rows_columns_pixels[1] : 0;
}
// Bytes that were sent over the socket and that its other end did not take yet; 0 when that cannot be told.
static inline int holdfast_untaken(int descriptor) {
    int bytes = 0;
    return ioctl(descriptor, TIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

// The flag is declared for GNU source only; its number is part of the system's interface.
static inline int holdfast_spawn_setsid(void) { return 0x80; }

// A handler of signals may do next to nothing: this one writes the number of the signal into a pipe, from which a thread
// reads it. sigaction(2) takes a union, and a handler that may read no variable of Swift.
#include <errno.h>
#include <signal.h>
static int holdfast_signal_pipe = -1;
static inline void holdfast_signal_caught(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe has signals enough in it.
    ssize_t written = write(holdfast_signal_pipe, &byte, 1);
    (void)written;
    errno = before;
}
static inline int holdfast_catch_signal(int number, int pipe) {
    struct sigaction action = {0}, before;
    // Whoever started the program with it ignored, as nohup does, wants it to be so.
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return 0;
    holdfast_signal_pipe = pipe;
    action.sa_handler = holdfast_signal_caught;
    action.sa_flags = SA_RESTART;
    return sigaction(number, &action, NULL);
}
