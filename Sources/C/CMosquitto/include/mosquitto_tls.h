// The trust of one TLS connection of libmosquitto: whom it believes, by which name, and why it did not. TLS 1.2 and later only.
#ifndef WATTLINE_MOSQUITTO_TLS_H
#define WATTLINE_MOSQUITTO_TLS_H

#include <mosquitto.h>

struct wattline_tls;

enum wattline_tls_problem {
    WATTLINE_TLS_FINE,
    // Of its own files.
    WATTLINE_TLS_NO_AUTHORITIES,
    WATTLINE_TLS_NO_CERTIFICATE,
    WATTLINE_TLS_NO_KEY,
    WATTLINE_TLS_NO_MEMORY,
    // Of the other's certificate.
    WATTLINE_TLS_UNKNOWN_AUTHORITY,
    WATTLINE_TLS_OVER,
    WATTLINE_TLS_NOT_YET,
    WATTLINE_TLS_OTHER_HOST,
    WATTLINE_TLS_OTHER,
};

// Reads the files; blocks. The host is the one that the certificate must be for, and that the other is told of (SNI), whatever address is connected to.
// Null for authorities: the system's. Null for the certificate: none. The problem is WATTLINE_TLS_FINE when it returns something.
struct wattline_tls *wattline_tls_new(
    const char *host, const char *authorities, const char *certificate, const char *key, enum wattline_tls_problem *problem);

void wattline_tls_free(struct wattline_tls *tls);

// Has a client that is not connected yet use it; it must live longer than the client.
int wattline_tls_use(struct wattline_tls *tls, struct mosquitto *client);

// Why the other's certificate was not believed; WATTLINE_TLS_FINE when it was, or none was seen.
enum wattline_tls_problem wattline_tls_problem(const struct wattline_tls *tls);

// The certificate that was not believed, in PEM; null when there was none.
const char *wattline_tls_certificate(const struct wattline_tls *tls);

// OpenSSL's words for it.
const char *wattline_tls_words(const struct wattline_tls *tls);

// The certificate's place in a chain: 0 for the other's own.
int wattline_tls_depth(const struct wattline_tls *tls);

// A handshake is done: gives back, after the first of the process, what only that needed.
void wattline_tls_settled(void);

// A client's stream over a connected socket that does not block, for whoever speaks MQTT without the library; null without memory. The socket stays
// the caller's, and the trust must live longer.
struct ssl_st *wattline_tls_open(struct wattline_tls *tls, int socket);

enum { WATTLINE_TLS_END = 0, WATTLINE_TLS_WAIT_TO_READ = -1, WATTLINE_TLS_WAIT_TO_WRITE = -2, WATTLINE_TLS_FAILED = -3 };

// How many bytes were received or sent, or one of the above; the first call makes the handshake.
int wattline_tls_receive(struct ssl_st *stream, void *bytes, int count);
int wattline_tls_send(struct ssl_st *stream, const void *bytes, int count);

void wattline_tls_close(struct ssl_st *stream);

// Bytes that were decrypted and not yet read: nothing tells of them any more.
int wattline_tls_unread(struct mosquitto *client);

#endif
