#include "wattline_certificates.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// MARK: Texts

static BIO *reading(const char *text) { return text ? BIO_new_mem_buf(text, -1) : NULL; }

static X509 *certificate_of(const char *text) {
    BIO *bio = reading(text);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return certificate;
}

/// Nobody is asked for a password: a key that has one is none.
static int no_password(char *buffer, int size, int for_writing, void *context) {
    (void)buffer, (void)size, (void)for_writing, (void)context;
    return -1;
}

static EVP_PKEY *key_of(const char *text) {
    BIO *bio = reading(text);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

/// The text that was written; frees the rest.
static char *text_of(BIO *bio, bool is_written) {
    char *bytes = NULL, *text = NULL;
    long count = bio ? BIO_get_mem_data(bio, &bytes) : 0;
    if (is_written && count > 0) { text = strndup(bytes, (size_t)count); }
    BIO_free(bio);
    return text;
}

char *wattline_certificate_new_key(void) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    bool is_written = key && bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    EVP_PKEY_free(key);
    return text_of(bio, is_written);
}

// MARK: Making

static bool add_extension(X509 *certificate, X509 *authority, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, authority, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, kind, value);
    bool is_added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static GENERAL_NAME *general_name(const char *host) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_OCTET_STRING *address = name ? a2i_IPADDRESS(host) : NULL;
    if (address) {
        GENERAL_NAME_set0_value(name, GEN_IPADD, address);
        return name;
    }
    ASN1_IA5STRING *text = name ? ASN1_IA5STRING_new() : NULL;
    if (!text || ASN1_STRING_set(text, host, -1) != 1) {
        ASN1_IA5STRING_free(text);
        GENERAL_NAME_free(name);
        return NULL;
    }
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    return name;
}

static bool add_hosts(X509 *certificate, const char *hosts) {
    char *copy = strdup(hosts), *rest = NULL;
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    bool is_well = copy && names;
    for (char *host = is_well ? strtok_r(copy, " ", &rest) : NULL; host && is_well; host = strtok_r(NULL, " ", &rest)) {
        GENERAL_NAME *name = general_name(host);
        is_well = name && sk_GENERAL_NAME_push(names, name) > 0;
        if (!is_well) { GENERAL_NAME_free(name); }
    }
    is_well = is_well && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1;
    GENERAL_NAMES_free(names);
    free(copy);
    ERR_clear_error();
    return is_well;
}

static bool set_serial(X509 *certificate) {
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) { return false; }
    // Positive, and never 0.
    bytes[0] = (bytes[0] & 0x3f) | 0x40;
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool is_set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return is_set;
}

static bool set_subject(X509 *certificate, const char *name) {
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"Wattline", -1, -1, 0) == 1
        && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1;
}

static bool fill(X509 *certificate, X509 *authority, const struct wattline_certificate_wish *wish) {
    bool is_server = *wish->hosts != 0;
    const char *use = wish->is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature";
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) && set_subject(certificate, wish->name)
        && ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)wish->not_before)
        && ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)wish->not_after)
        && X509_set_issuer_name(certificate, X509_get_subject_name(authority)) == 1
        && add_extension(certificate, authority, NID_basic_constraints, wish->is_authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE")
        && add_extension(certificate, authority, NID_key_usage, use)
        && (wish->is_authority || add_extension(certificate, authority, NID_ext_key_usage, is_server ? "serverAuth" : "clientAuth"))
        && add_extension(certificate, authority, NID_subject_key_identifier, "hash")
        && (wish->is_authority || add_extension(certificate, authority, NID_authority_key_identifier, "keyid"))
        && (!is_server || add_hosts(certificate, wish->hosts));
}

char *wattline_certificate_make(const struct wattline_certificate_wish *wish) {
    X509 *certificate = X509_new(), *authority = wish->authority ? certificate_of(wish->authority) : certificate;
    EVP_PKEY *key = key_of(wish->key), *signing = wish->authority ? key_of(wish->authority_key) : key;
    BIO *bio = BIO_new(BIO_s_mem());
    bool is_written = certificate && authority && key && signing && bio && X509_set_pubkey(certificate, key) == 1
        && fill(certificate, authority, wish) && X509_sign(certificate, signing, EVP_sha256()) > 0 && PEM_write_bio_X509(bio, certificate) == 1;
    if (authority != certificate) { X509_free(authority); }
    if (signing != key) { EVP_PKEY_free(signing); }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return text_of(bio, is_written);
}

// MARK: Reading

static bool read_time(const ASN1_TIME *time, int64_t *seconds) {
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, rest = 0;
    bool is_read = epoch && ASN1_TIME_diff(&days, &rest, epoch, time) == 1;
    *seconds = (int64_t)days * 86400 + rest;
    ASN1_TIME_free(epoch);
    return is_read;
}

static void read_name(const X509_NAME *name, char *text) {
    if (X509_NAME_get_text_by_NID(name, NID_commonName, text, WATTLINE_NAME_SIZE) < 0) { text[0] = 0; }
}

static bool append(char *hosts, const char *host, size_t length) {
    size_t used = strlen(hosts);
    if (memchr(host, 0, length) || memchr(host, ' ', length) || used + length + 2 > WATTLINE_HOSTS_SIZE) { return false; }
    if (used > 0) { hosts[used++] = ' '; }
    memcpy(hosts + used, host, length);
    hosts[used + length] = 0;
    return true;
}

static void read_hosts(X509 *certificate, char *hosts) {
    hosts[0] = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; names && index < sk_GENERAL_NAME_num(names); index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        if (name->type == GEN_DNS) {
            append(hosts, (const char *)ASN1_STRING_get0_data(name->d.dNSName), (size_t)ASN1_STRING_length(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            char text[INET6_ADDRSTRLEN];
            int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : ASN1_STRING_length(name->d.iPAddress) == 16 ? AF_INET6 : AF_UNSPEC;
            if (family != AF_UNSPEC && inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof text)) {
                append(hosts, text, strlen(text));
            }
        }
    }
    GENERAL_NAMES_free(names);
}

static void read_subject(X509 *certificate, char *text) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    size_t count = 0;
    if (bio && X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
        count = (size_t)BIO_get_mem_data(bio, &bytes);
    }
    if (count >= WATTLINE_SUBJECT_SIZE) { count = WATTLINE_SUBJECT_SIZE - 1; }
    if (count > 0) { memcpy(text, bytes, count); }
    text[count] = 0;
    BIO_free(bio);
}

static bool read_fingerprint(const X509 *certificate, char *text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1 || 2 * size + 1 != WATTLINE_FINGERPRINT_SIZE) { return false; }
    for (unsigned int index = 0; index < size; index++) { snprintf(text + 2 * index, 3, "%02x", digest[index]); }
    return true;
}

/// Reads a certificate, and frees it.
static bool read_all(X509 *certificate, struct wattline_certificate *found) {
    if (!certificate) { return false; }
    bool is_read = read_time(X509_get0_notBefore(certificate), &found->not_before) && read_time(X509_get0_notAfter(certificate), &found->not_after)
        && read_fingerprint(certificate, found->fingerprint);
    read_name(X509_get_subject_name(certificate), found->name);
    read_name(X509_get_issuer_name(certificate), found->authority);
    read_hosts(certificate, found->hosts);
    read_subject(certificate, found->subject);
    found->is_authority = X509_check_ca(certificate) == 1;
    X509_free(certificate);
    ERR_clear_error();
    return is_read;
}

bool wattline_certificate_read(const char *text, struct wattline_certificate *found) { return read_all(certificate_of(text), found); }

bool wattline_certificate_read_der(const unsigned char *bytes, size_t count, struct wattline_certificate *found) {
    X509 *certificate = d2i_X509(NULL, &bytes, (long)count);
    ERR_clear_error();
    return read_all(certificate, found);
}

bool wattline_certificate_is_for(const unsigned char *bytes, size_t count, const char *host) {
    X509 *certificate = d2i_X509(NULL, &bytes, (long)count);
    // -2 for what is no numeric address; a common name is nobody's address (RFC 6125).
    int address = certificate ? X509_check_ip_asc(certificate, host, 0) : 0;
    unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    bool is_for = address == 1 || (address == -2 && X509_check_host(certificate, host, 0, flags, NULL) == 1);
    X509_free(certificate);
    ERR_clear_error();
    return is_for;
}

bool wattline_certificate_is_key(const char *text) {
    EVP_PKEY *key = key_of(text);
    EVP_PKEY_free(key);
    return key;
}

bool wattline_certificate_has_key(const char *certificate_text, const char *key_text) {
    X509 *certificate = certificate_of(certificate_text);
    EVP_PKEY *key = key_of(key_text);
    bool fits = certificate && key && X509_check_private_key(certificate, key) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return fits;
}

bool wattline_certificate_is_by(const char *certificate_text, const char *authority_text) {
    X509 *certificate = certificate_of(certificate_text), *authority = certificate_of(authority_text);
    EVP_PKEY *key = authority ? X509_get0_pubkey(authority) : NULL;
    bool is_by = certificate && key && X509_verify(certificate, key) == 1;
    X509_free(certificate);
    X509_free(authority);
    ERR_clear_error();
    return is_by;
}
