#include "forward.h"
#include "CLoaded.h"
#include <sqlite3.h>
#include <stdarg.h>

static const char library[] = "libsqlite3.so.0";

typedef void (*destructor)(void *);
typedef int (*row)(void *, int, char **, char **);

FORWARD_5(library, int, sqlite3_bind_blob64, sqlite3_stmt *, int, const void *, sqlite3_uint64, destructor)
FORWARD_3(library, int, sqlite3_bind_int64, sqlite3_stmt *, int, sqlite3_int64)
FORWARD_1(library, int, sqlite3_bind_parameter_count, sqlite3_stmt *)
FORWARD_6(library, int, sqlite3_bind_text64, sqlite3_stmt *, int, const char *, sqlite3_uint64, destructor, unsigned char)
FORWARD_3(library, int, sqlite3_bind_zeroblob, sqlite3_stmt *, int, int)
FORWARD_2(library, int, sqlite3_busy_timeout, sqlite3 *, int)
FORWARD_1(library, sqlite3_int64, sqlite3_changes64, sqlite3 *)
FORWARD_1(library, int, sqlite3_clear_bindings, sqlite3_stmt *)
FORWARD_1(library, int, sqlite3_close_v2, sqlite3 *)
FORWARD_2(library, const void *, sqlite3_column_blob, sqlite3_stmt *, int)
FORWARD_2(library, int, sqlite3_column_bytes, sqlite3_stmt *, int)
FORWARD_2(library, sqlite3_int64, sqlite3_column_int64, sqlite3_stmt *, int)
FORWARD_2(library, const unsigned char *, sqlite3_column_text, sqlite3_stmt *, int)
FORWARD_2(library, int, sqlite3_column_type, sqlite3_stmt *, int)
FORWARD_1(library, sqlite3 *, sqlite3_db_handle, sqlite3_stmt *)
FORWARD_1(library, const char *, sqlite3_errmsg, sqlite3 *)
FORWARD_1(library, const char *, sqlite3_errstr, int)
FORWARD_5(library, int, sqlite3_exec, sqlite3 *, const char *, row, void *, char **)
FORWARD_1(library, int, sqlite3_finalize, sqlite3_stmt *)
FORWARD_1(library, int, sqlite3_get_autocommit, sqlite3 *)
FORWARD_0(library, const char *, sqlite3_libversion)
FORWARD_4(library, int, sqlite3_open_v2, const char *, sqlite3 **, int, const char *)
FORWARD_6(library, int, sqlite3_prepare_v3, sqlite3 *, const char *, int, unsigned int, sqlite3_stmt **, const char **)
FORWARD_1(library, int, sqlite3_reset, sqlite3_stmt *)
FORWARD_1(library, int, sqlite3_step, sqlite3_stmt *)
FORWARD_1(library, int, sqlite3_system_errno, sqlite3 *)

// Variadic: the options that are set take a number, and where to put the one that was.
int sqlite3_db_config(sqlite3 *database, int option, ...) {
    va_list rest;
    va_start(rest, option);
    int value = va_arg(rest, int);
    int *before = va_arg(rest, int *);
    va_end(rest);
    int (*function)(sqlite3 *, int, ...) = (int (*)(sqlite3 *, int, ...))holdfast_loaded(library, "sqlite3_db_config");
    return function(database, option, value, before);
}

const char *holdfast_lack_of_sqlite(void) { return holdfast_lack_of(library); }
