#include "foreign_hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/// A password of Wattline has 192 random bits: more rounds would keep it no better.
enum { ROUNDS = 101, HASH_SIZE = 64 };

bool foreign_hash(const char *password, const unsigned char salt[FOREIGN_SALT_SIZE], char text[FOREIGN_HASH_LIMIT]) {
    unsigned char hash[HASH_SIZE];
    if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, FOREIGN_SALT_SIZE, ROUNDS, EVP_sha512(), HASH_SIZE, hash) != 1) { return false; }
    // Four letters for three bytes, and a zero byte.
    unsigned char salt_text[FOREIGN_SALT_SIZE / 3 * 4 + 1], hash_text[(HASH_SIZE + 2) / 3 * 4 + 1];
    EVP_EncodeBlock(salt_text, salt, FOREIGN_SALT_SIZE);
    EVP_EncodeBlock(hash_text, hash, HASH_SIZE);
    snprintf(text, FOREIGN_HASH_LIMIT, "$7$%d$%s$%s", ROUNDS, (const char *)salt_text, (const char *)hash_text);
    return true;
}
