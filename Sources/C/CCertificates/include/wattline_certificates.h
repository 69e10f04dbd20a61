// X.509 certificates by OpenSSL's libcrypto, which libmosquitto has in the process anyway: what `wattline certificates` makes and reads. Texts are PEM.
#ifndef WATTLINE_CERTIFICATES_H
#define WATTLINE_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WATTLINE_NAME_SIZE = 128, WATTLINE_HOSTS_SIZE = 4096, WATTLINE_SUBJECT_SIZE = 512, WATTLINE_FINGERPRINT_SIZE = 65 };

struct wattline_certificate_wish {
    /// The common name of its owner.
    const char *name;
    /// Names and numeric addresses, separated by spaces; empty for none.
    const char *hosts;
    /// It signs others; else it is a server's (with hosts) or a client's.
    bool is_authority;
    /// Seconds since 1970.
    int64_t not_before, not_after;
    /// The owner's key.
    const char *key;
    /// The authority's certificate and key; null of one that signs itself.
    const char *authority, *authority_key;
};

struct wattline_certificate {
    char name[WATTLINE_NAME_SIZE], authority[WATTLINE_NAME_SIZE];
    /// As in the wish.
    char hosts[WATTLINE_HOSTS_SIZE];
    int64_t not_before, not_after;
    bool is_authority;
    /// The owner's whole name by RFC 2253, cut where it is too long.
    char subject[WATTLINE_SUBJECT_SIZE];
    /// SHA-256 of the certificate, in hexadecimal digits.
    char fingerprint[WATTLINE_FINGERPRINT_SIZE];
};

// A new key on the curve P-256; null when the system has no random numbers or memory. Whoever gets a text here frees it.
char *wattline_certificate_new_key(void);

// A new certificate; null when a key or certificate in the wish is none.
char *wattline_certificate_make(const struct wattline_certificate_wish *wish);

// Reads the first certificate of a text.
bool wattline_certificate_read(const char *text, struct wattline_certificate *certificate);

// Reads a certificate in DER form.
bool wattline_certificate_read_der(const unsigned char *bytes, size_t count, struct wattline_certificate *certificate);

// True when one in DER form is a server's of this name or numeric address: as it is called, and not where that leads.
bool wattline_certificate_is_for(const unsigned char *bytes, size_t count, const char *host);

// True when a text has a key, without a password.
bool wattline_certificate_is_key(const char *text);

// True when a key is the one of a certificate.
bool wattline_certificate_has_key(const char *certificate, const char *key);

// True when an authority signed a certificate.
bool wattline_certificate_is_by(const char *certificate, const char *authority);

#endif
