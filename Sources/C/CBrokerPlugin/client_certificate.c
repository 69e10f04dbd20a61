#include "client_certificate.h"

#include <mosquitto_broker.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

bool client_certificate_read(const struct mosquitto *client, struct client_certificate *found) {
    X509 *certificate = mosquitto_client_certificate(client);
    if (!certificate) { return false; }
    // Without a name, or a fingerprint, it is of nobody: it must not count as none.
    memset(found, 0, sizeof *found);
    X509_NAME *subject = X509_get_subject_name(certificate);
    int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    ASN1_STRING *text = place < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place));
    int length = text ? ASN1_STRING_length(text) : 0;
    bool is_name = length > 0 && length < (int)sizeof found->name && !memchr(ASN1_STRING_get0_data(text), 0, (size_t)length);
    unsigned int size = 0;
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (is_name && X509_digest(certificate, EVP_sha256(), digest, &size) == 1 && size == sizeof found->fingerprint) {
        memcpy(found->name, ASN1_STRING_get0_data(text), (size_t)length);
        memcpy(found->fingerprint, digest, size);
    }
    X509_free(certificate);
    return true;
}
