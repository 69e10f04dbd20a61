#include "server_pair.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watched_file.h"

struct server_pair {
    char *certificate, *key;
    /// As they were at the last look.
    struct stat marks[2];
    enum { TOGETHER, JUST_APART, TOLD_APART } state;
};

static bool is_marked(const struct server_pair *pair, struct stat marks[2]) {
    return stat(pair->certificate, &marks[0]) == 0 && stat(pair->key, &marks[1]) == 0;
}

/// Nobody is asked for a password: a key that has one is none.
static int no_password(char *buffer, int size, int for_writing, void *context) {
    (void)buffer, (void)size, (void)for_writing, (void)context;
    return -1;
}

static bool belong_together(const struct server_pair *pair) {
    BIO *certificates = BIO_new_file(pair->certificate, "r"), *keys = BIO_new_file(pair->key, "r");
    X509 *certificate = certificates ? PEM_read_bio_X509(certificates, NULL, no_password, NULL) : NULL;
    EVP_PKEY *key = keys ? PEM_read_bio_PrivateKey(keys, NULL, no_password, NULL) : NULL;
    bool do_fit = certificate && key && X509_check_private_key(certificate, key) == 1;
    EVP_PKEY_free(key);
    X509_free(certificate);
    BIO_free(keys);
    BIO_free(certificates);
    // mosquitto, whose thread this is, would take them for its own.
    ERR_clear_error();
    return do_fit;
}

struct server_pair *server_pair_new(const char *certificate, const char *key) {
    struct server_pair *pair = calloc(1, sizeof *pair);
    if (!pair) { return NULL; }
    pair->certificate = strdup(certificate);
    pair->key = strdup(key);
    if (!pair->certificate || !pair->key) {
        server_pair_free(pair);
        return NULL;
    }
    // One that is not there yet is another when it is.
    struct stat marks[2];
    if (is_marked(pair, marks)) { memcpy(pair->marks, marks, sizeof marks); }
    return pair;
}

void server_pair_free(struct server_pair *pair) {
    if (!pair) { return; }
    free(pair->certificate);
    free(pair->key);
    free(pair);
}

enum server_pair_news server_pair_look(struct server_pair *pair) {
    struct stat marks[2];
    if (!is_marked(pair, marks)) { return SERVER_PAIR_SAME; }
    if (is_other_file(&marks[0], &pair->marks[0]) || is_other_file(&marks[1], &pair->marks[1])) {
        memcpy(pair->marks, marks, sizeof marks);
        pair->state = belong_together(pair) ? TOGETHER : JUST_APART;
        return pair->state == TOGETHER ? SERVER_PAIR_NEW : SERVER_PAIR_SAME;
    }
    // Whoever changes both needs a moment between one and the other.
    if (pair->state != JUST_APART) { return SERVER_PAIR_SAME; }
    pair->state = TOLD_APART;
    return SERVER_PAIR_APART;
}
