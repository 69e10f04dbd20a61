#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "fuzz_bodies.h"

#include <certificate_table.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wattline_certificates.h>

/// The bytes as a text that ends, of its own size; null without memory. They may have zero bytes, where it then ends.
static char *text_of(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (!text) { return NULL; }
    memcpy(text, data, size);
    text[size] = 0;
    return text;
}

static bool is_text(const char *text, size_t size) { return memchr(text, 0, size) != NULL; }

static const char *judge(const struct wattline_certificate *found) {
    if (!is_text(found->name, sizeof found->name) || !is_text(found->authority, sizeof found->authority)) { return "a name does not end"; }
    if (!is_text(found->hosts, sizeof found->hosts)) { return "the hosts do not end"; }
    if (strstr(found->hosts, "  ") || found->hosts[0] == ' ') { return "an empty host"; }
    bool is_hex = strspn(found->fingerprint, "0123456789abcdef") == sizeof found->fingerprint - 1;
    return is_hex && is_text(found->fingerprint, sizeof found->fingerprint) ? NULL : "a fingerprint of something else than hex digits";
}

/// Writes a certificate in DER form as PEM.
static char *armoured(const uint8_t *data, size_t size) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc(size * 2 + 80), *rest = text;
    if (!text) { return NULL; }
    rest += sprintf(rest, "-----BEGIN CERTIFICATE-----\n");
    for (size_t index = 0; index < size; index += 3) {
        uint32_t three = (uint32_t)data[index] << 16;
        if (index + 1 < size) { three |= (uint32_t)data[index + 1] << 8; }
        if (index + 2 < size) { three |= data[index + 2]; }
        for (int letter = 0; letter < 4; letter++) {
            *rest++ = index + (size_t)letter > size ? '=' : digits[three >> (18 - 6 * letter) & 63];
        }
        if (index % 48 == 45 || index + 3 >= size) { *rest++ = '\n'; }
    }
    sprintf(rest, "-----END CERTIFICATE-----\n");
    return text;
}

/// Whether one certificate is the same in its two forms.
static const char *compare(const uint8_t *data, size_t size, const struct wattline_certificate *der) {
    char *text = armoured(data, size);
    if (!text) { return NULL; }
    struct wattline_certificate pem;
    memset(&pem, 0, sizeof pem);
    bool is_read = wattline_certificate_read(text, &pem);
    const char *fault = NULL;
    if (is_read && (strcmp(pem.fingerprint, der->fingerprint) != 0 || strcmp(pem.name, der->name) != 0 || strcmp(pem.hosts, der->hosts) != 0)) {
        fault = "a certificate is another one in PEM form";
    }
    (void)wattline_certificate_is_by(text, text);
    free(text);
    return fault;
}

const char *fuzz_certificates(const uint8_t *data, size_t size) {
    struct wattline_certificate found;
    memset(&found, 0, sizeof found);
    if (wattline_certificate_read_der(data, size, &found)) {
        const char *fault = judge(&found);
        return fault ? fault : compare(data, size, &found);
    }
    char *text = text_of(data, size);
    if (!text) { return NULL; }
    memset(&found, 0, sizeof found);
    bool is_certificate = wattline_certificate_read(text, &found), is_key = wattline_certificate_is_key(text);
    const char *fault = is_certificate ? judge(&found) : NULL;
    // OpenSSL looks for keys in many forms, which takes a while: not for what is none. One whose time can't be read has a key as well, and is none here.
    if (is_key && !is_certificate) { (void)wattline_certificate_has_key(text, text); }
    if (is_certificate && wattline_certificate_has_key(text, text) && !is_key) { fault = "the key of a certificate that is no key"; }
    if (is_certificate) { (void)wattline_certificate_is_by(text, text); }
    free(text);
    return fault;
}

const char *fuzz_certificate_table(const uint8_t *data, size_t size) {
    char complaint[96] = "";
    // Of its own size, so that a byte too far is seen.
    char *text = malloc(size ? size : 1);
    if (!text) { return NULL; }
    memcpy(text, data, size);
    struct certificate_table *table = certificate_table_read(text, size, complaint, sizeof complaint);
    free(text);
    if (!table) { return *complaint && is_text(complaint, sizeof complaint) ? NULL : "a table is refused without a word"; }
    unsigned char fingerprint[CERTIFICATE_FINGERPRINT_SIZE] = {0};
    const char *fault = NULL;
    // Those of the seeds: the first certificate of a name is of zeros alone.
    if (size < 64 && certificate_table_find(table, "a", fingerprint, 0) != CERTIFICATE_UNKNOWN) { fault = "a certificate counts that has no line"; }
    enum certificate_standing early = certificate_table_find(table, "a", fingerprint, 0);
    enum certificate_standing late = certificate_table_find(table, "a", fingerprint, INT64_MAX - 1);
    if (early != late && (early != CERTIFICATE_COMES || late != CERTIFICATE_STAYS)) { fault = "a certificate counts for more, the later it is"; }
    certificate_table_free(table);
    return fault;
}
