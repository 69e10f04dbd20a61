#include "mosquitto_tls.h"

#include <malloc.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct wattline_tls {
    SSL_CTX *context;
    /// X509_V_OK, or the first error.
    int error, depth;
    char *certificate;
    /// Null for a numeric address: nobody is called so (RFC 6066, 3).
    char *server_name;
};

static char *text_of(X509 *certificate) {
    BIO *bio = certificate ? BIO_new(BIO_s_mem()) : NULL;
    char *bytes = NULL, *text = NULL;
    if (bio && PEM_write_bio_X509(bio, certificate) == 1) {
        long count = BIO_get_mem_data(bio, &bytes);
        text = strndup(bytes, (size_t)count);
    }
    BIO_free(bio);
    return text;
}

/// Notes the first objection; changes none.
static int note(int is_well, X509_STORE_CTX *store) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct wattline_tls *tls = ssl ? SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) : NULL;
    if (!is_well && tls && tls->error == X509_V_OK) {
        tls->error = X509_STORE_CTX_get_error(store);
        tls->depth = X509_STORE_CTX_get_error_depth(store);
        tls->certificate = text_of(X509_STORE_CTX_get_current_cert(store));
    }
    return is_well;
}

static bool expect_host(struct wattline_tls *tls, const char *host) {
    X509_VERIFY_PARAM *expected = SSL_CTX_get0_param(tls->context);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host) == 1) { return true; }
    tls->server_name = strdup(host);
    return tls->server_name && X509_VERIFY_PARAM_set1_host(expected, host, 0) == 1;
}

/// Has the other told who is wanted before a handshake's first word: the library says whom it was told to connect to, an address.
static void begin(const SSL *ssl, int where, int result) {
    (void)result;
    const struct wattline_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (where & SSL_CB_HANDSHAKE_START && tls) { SSL_set_tlsext_host_name((SSL *)ssl, tls->server_name); }
}

static enum wattline_tls_problem fill(
    struct wattline_tls *tls, const char *host, const char *authorities, const char *certificate, const char *key) {
    SSL_CTX *context = tls->context;
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 || !expect_host(tls, host)) { return WATTLINE_TLS_NO_MEMORY; }
    SSL_CTX_set_info_callback(context, begin);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    int is_loaded = authorities ? SSL_CTX_load_verify_file(context, authorities) : SSL_CTX_set_default_verify_paths(context);
    if (is_loaded != 1) { return WATTLINE_TLS_NO_AUTHORITIES; }
    if (!certificate) { return WATTLINE_TLS_FINE; }
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) { return WATTLINE_TLS_NO_CERTIFICATE; }
    bool has_key = SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 && SSL_CTX_check_private_key(context) == 1;
    return has_key ? WATTLINE_TLS_FINE : WATTLINE_TLS_NO_KEY;
}

struct wattline_tls *wattline_tls_new(
    const char *host, const char *authorities, const char *certificate, const char *key, enum wattline_tls_problem *problem) {
    // Without the texts of errors: 70 kB less in each process.
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
    struct wattline_tls *tls = calloc(1, sizeof *tls);
    if (tls) { tls->context = SSL_CTX_new(TLS_client_method()); }
    *problem = tls && tls->context ? fill(tls, host, authorities, certificate, key) : WATTLINE_TLS_NO_MEMORY;
    ERR_clear_error();
    if (*problem != WATTLINE_TLS_FINE) {
        wattline_tls_free(tls);
        return NULL;
    }
    SSL_CTX_set_app_data(tls->context, tls);
    return tls;
}

void wattline_tls_free(struct wattline_tls *tls) {
    if (!tls) { return; }
    SSL_CTX_free(tls->context);
    free(tls->certificate);
    free(tls->server_name);
    free(tls);
}

int wattline_tls_use(struct wattline_tls *tls, struct mosquitto *client) {
    // Else the library's own checks would take the place of these.
    int result = mosquitto_int_option(client, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    return result == MOSQ_ERR_SUCCESS ? mosquitto_void_option(client, MOSQ_OPT_SSL_CTX, tls->context) : result;
}

enum wattline_tls_problem wattline_tls_problem(const struct wattline_tls *tls) {
    switch (tls->error) {
        case X509_V_OK: return WATTLINE_TLS_FINE;
        case X509_V_ERR_CERT_HAS_EXPIRED: return WATTLINE_TLS_OVER;
        case X509_V_ERR_CERT_NOT_YET_VALID: return WATTLINE_TLS_NOT_YET;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return WATTLINE_TLS_OTHER_HOST;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_CERT_UNTRUSTED: return WATTLINE_TLS_UNKNOWN_AUTHORITY;
        default: return WATTLINE_TLS_OTHER;
    }
}

const char *wattline_tls_certificate(const struct wattline_tls *tls) { return tls->certificate; }

const char *wattline_tls_words(const struct wattline_tls *tls) { return X509_verify_cert_error_string(tls->error); }

int wattline_tls_depth(const struct wattline_tls *tls) { return tls->depth; }

void wattline_tls_settled(void) {
    static atomic_flag is_done = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&is_done)) { malloc_trim(0); }
}

int wattline_tls_unread(struct mosquitto *client) {
    SSL *ssl = mosquitto_ssl_get(client);
    return ssl ? SSL_pending(ssl) : 0;
}

struct ssl_st *wattline_tls_open(struct wattline_tls *tls, int socket) {
    SSL *stream = SSL_new(tls->context);
    if (!stream || SSL_set_fd(stream, socket) != 1) {
        SSL_free(stream);
        return NULL;
    }
    SSL_set_mode(stream, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_connect_state(stream);
    return stream;
}

static int outcome(SSL *stream, int result) {
    if (result > 0) { return result; }
    int error = SSL_get_error(stream, result);
    ERR_clear_error();
    switch (error) {
        case SSL_ERROR_WANT_READ: return WATTLINE_TLS_WAIT_TO_READ;
        case SSL_ERROR_WANT_WRITE: return WATTLINE_TLS_WAIT_TO_WRITE;
        case SSL_ERROR_ZERO_RETURN: return WATTLINE_TLS_END;
        // A broker that is killed ends without a word.
        default: return SSL_is_init_finished(stream) ? WATTLINE_TLS_END : WATTLINE_TLS_FAILED;
    }
}

int wattline_tls_receive(struct ssl_st *stream, void *bytes, int count) { return outcome(stream, SSL_read(stream, bytes, count)); }

int wattline_tls_send(struct ssl_st *stream, const void *bytes, int count) { return outcome(stream, SSL_write(stream, bytes, count)); }

void wattline_tls_close(struct ssl_st *stream) { SSL_free(stream); }
