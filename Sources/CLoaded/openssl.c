#include "forward.h"
#include "CLoaded.h"
#include <event2/bufferevent_ssl.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>

static const char crypto[] = "libcrypto.so.3";
static const char tls[] = "libssl.so.3";
static const char events[] = "libevent_openssl-2.1.so.7";

FORWARD_3(crypto, BIGNUM *, BN_bin2bn, const unsigned char *, int, BIGNUM *)
FORWARD_1(crypto, void, BN_free, BIGNUM *)
FORWARD_1(crypto, void, ECDSA_SIG_free, ECDSA_SIG *)
FORWARD_0(crypto, ECDSA_SIG *, ECDSA_SIG_new)
FORWARD_3(crypto, int, ECDSA_SIG_set0, ECDSA_SIG *, BIGNUM *, BIGNUM *)
FORWARD_0(crypto, void, ERR_clear_error)
FORWARD_0(crypto, unsigned long, ERR_peek_error)
FORWARD_0(crypto, unsigned long, ERR_peek_last_error)
FORWARD_1(crypto, const char *, ERR_reason_error_string, unsigned long)
FORWARD_5(crypto, int, EVP_DigestVerify, EVP_MD_CTX *, const unsigned char *, size_t, const unsigned char *, size_t)
FORWARD_5(crypto, int, EVP_DigestVerifyInit, EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *)
FORWARD_1(crypto, void, EVP_MD_CTX_free, EVP_MD_CTX *)
FORWARD_0(crypto, EVP_MD_CTX *, EVP_MD_CTX_new)
FORWARD_1(crypto, void, EVP_PKEY_CTX_free, EVP_PKEY_CTX *)
FORWARD_3(crypto, EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, OSSL_LIB_CTX *, const char *, const char *)
FORWARD_1(crypto, void, EVP_PKEY_free, EVP_PKEY *)
FORWARD_4(crypto, int, EVP_PKEY_fromdata, EVP_PKEY_CTX *, EVP_PKEY **, int, OSSL_PARAM *)
FORWARD_1(crypto, int, EVP_PKEY_fromdata_init, EVP_PKEY_CTX *)
FORWARD_4(crypto, EVP_PKEY *, EVP_PKEY_new_raw_public_key, int, ENGINE *, const unsigned char *, size_t)
FORWARD_0(crypto, const EVP_MD *, EVP_sha256)
FORWARD_2(crypto, int, i2d_ECDSA_SIG, const ECDSA_SIG *, unsigned char **)
FORWARD_1(crypto, void, OSSL_PARAM_BLD_free, OSSL_PARAM_BLD *)
FORWARD_0(crypto, OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new)
FORWARD_3(crypto, int, OSSL_PARAM_BLD_push_BN, OSSL_PARAM_BLD *, const char *, const BIGNUM *)
FORWARD_4(crypto, int, OSSL_PARAM_BLD_push_octet_string, OSSL_PARAM_BLD *, const char *, const void *, size_t)
FORWARD_4(crypto, int, OSSL_PARAM_BLD_push_utf8_string, OSSL_PARAM_BLD *, const char *, const char *, size_t)
FORWARD_1(crypto, OSSL_PARAM *, OSSL_PARAM_BLD_to_param, OSSL_PARAM_BLD *)
FORWARD_1(crypto, void, OSSL_PARAM_free, OSSL_PARAM *)
FORWARD_1(crypto, const char *, OpenSSL_version, int)

FORWARD_1(tls, int, SSL_CTX_check_private_key, const SSL_CTX *)
FORWARD_4(tls, long, SSL_CTX_ctrl, SSL_CTX *, int, long, void *)
FORWARD_1(tls, void, SSL_CTX_free, SSL_CTX *)
FORWARD_1(tls, SSL_CTX *, SSL_CTX_new, const SSL_METHOD *)
FORWARD_2(tls, void, SSL_CTX_set_default_passwd_cb, SSL_CTX *, pem_password_cb *)
FORWARD_2(tls, uint64_t, SSL_CTX_set_options, SSL_CTX *, uint64_t)
FORWARD_3(tls, int, SSL_CTX_use_PrivateKey_file, SSL_CTX *, const char *, int)
FORWARD_2(tls, int, SSL_CTX_use_certificate_chain_file, SSL_CTX *, const char *)
FORWARD_1(tls, SSL *, SSL_new, SSL_CTX *)
FORWARD_0(tls, const SSL_METHOD *, TLS_server_method)

FORWARD_2(events, void, bufferevent_openssl_set_allow_dirty_shutdown, struct bufferevent *, int)
FORWARD_5(events, struct bufferevent *, bufferevent_openssl_socket_new, struct event_base *, evutil_socket_t, struct ssl_st *,
          enum bufferevent_ssl_state, int)

const char *holdfast_lack_of_crypto(void) { return holdfast_lack_of(crypto); }

// It brings the other two along.
const char *holdfast_lack_of_tls(void) { return holdfast_lack_of(events); }
