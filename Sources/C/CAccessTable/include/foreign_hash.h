/// A password as stock mosquitto keeps it in its password_file: `$7$101$SALT$HASH`, PBKDF2 with HMAC-SHA-512, as mosquitto_passwd of 2.0 writes it.
#ifndef WATTLINE_FOREIGN_HASH_H
#define WATTLINE_FOREIGN_HASH_H

#include <stdbool.h>
#include <stddef.h>

/// The bytes of the salt.
#define FOREIGN_SALT_SIZE 12
/// The most bytes of the text, its zero byte among them.
#define FOREIGN_HASH_LIMIT 128

/// Writes the text. Returns false when the hash can't be computed.
bool foreign_hash(const char *password, const unsigned char salt[FOREIGN_SALT_SIZE], char text[FOREIGN_HASH_LIMIT]);

#endif
