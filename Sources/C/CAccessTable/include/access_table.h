/// A table, read from a file, of those who may connect to a broker, with their client ids and the topics that they may publish on and read.
///
/// It knows nothing of mosquitto and nothing of charging: roles and their rights are in the file, which `wattline credentials` writes.
///
///     wattline-access 1
///     anonymous loopback viewer        none, loopback or any; and the role of who gives no name
///     role engine                      what follows, up to the next role, is of this one
///     client engine:%i                 a client id that its users may have; %i is the user's id, a * at the end is anything
///     write cp/%i/state                a topic filter that its users may publish to
///     read cp/%i/command               … and read
///     user engine:CP-001 engine CP-001 SALT HASH    name, role, id; 32 and 64 hex digits: SHA-256 of the salt and the password
///     end                              the last line: a table that was cut off is refused
///
/// A user's password is random and long, so one round of SHA-256 keeps it as well as a thousand would, and a broker that thousands reconnect to at once is
/// not kept busy with it.
#ifndef WATTLINE_ACCESS_TABLE_H
#define WATTLINE_ACCESS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A module that was built before these files were there is built anew.
#include "certificate_table.h"
#include "foreign_hash.h"

/// The most bytes that a line of the file may have, and the most that the file may.
#define ACCESS_LINE_LIMIT 1024
#define ACCESS_FILE_LIMIT (256u << 20)

struct access_table;
struct access_user;

enum access_anonymous { ACCESS_ANONYMOUS_NONE, ACCESS_ANONYMOUS_LOOPBACK, ACCESS_ANONYMOUS_ANY };

/// Reads a table.
/// - Parameters:
///   - text: the file's bytes; need not end in a zero.
///   - complaint: gets what is wrong, with its line, where the table is refused.
/// - Returns: null when it is refused.
struct access_table *access_table_read(const char *text, size_t length, char *complaint, size_t complaint_size);
void access_table_free(struct access_table *table);

/// The number of its users.
size_t access_table_count(const struct access_table *table);

/// The user of this name; null for none. The user of who gives no name, from an address of this machine or from elsewhere, is found with a null name.
const struct access_user *access_table_find(const struct access_table *table, const char *name, bool is_local);

/// Hashes a password with its salt of 16 bytes into 32 bytes. Returns false when that can't be done.
bool access_hash(const unsigned char *salt, const char *password, unsigned char *hash);

/// True when this is the user's password.
bool access_user_knows(const struct access_user *user, const char *password);
/// True when the user may connect under this client id.
bool access_user_may_be(const struct access_table *table, const struct access_user *user, const char *client_id);
bool access_user_may_write(const struct access_user *user, const char *topic);
bool access_user_may_read(const struct access_user *user, const char *topic);
/// True when there is a topic under the filter that the user may read.
bool access_user_may_subscribe(const struct access_user *user, const char *filter);
/// A number that changes with the user's password or role.
uint64_t access_user_fingerprint(const struct access_user *user);

#endif
