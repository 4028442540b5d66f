// Libraries that are loaded when they are first needed: the C functions of libssh, OpenSSL, libevent, SQLite and libyaml that
// this program calls, each of which looks the real one up and calls it. Linked, these and what they bring along would cost
// every start of the program a quarter of its time, and most runs need few of them. Their headers are read from CLibSSH,
// COpenSSL, CEvent, CSQLite and CYAML.
#pragma once

// Why libssh cannot be loaded; NULL where it can. Asked before the first of its functions is called, as those end the program
// where it is missing.
const char *holdfast_lack_of_ssh(void);
// The same for OpenSSL's algorithms.
const char *holdfast_lack_of_crypto(void);
// The same for its TLS, and libevent's part for it.
const char *holdfast_lack_of_tls(void);
// The same for libevent's core, for SQLite and for libyaml.
const char *holdfast_lack_of_events(void);
const char *holdfast_lack_of_sqlite(void);
const char *holdfast_lack_of_yaml(void);
