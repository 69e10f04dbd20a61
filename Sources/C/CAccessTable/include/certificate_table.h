/// A table, read from a file, of the certificates by which somebody may come: those that `wattline certificates` gave last. That the broker's authority
/// signed one does not say so: a copy of one that was replaced is signed as well.
///
///     wattline-certificates 1
///     present engine:CP-001 SHA256           whose it is, and 64 hex digits: the SHA-256 of the certificate in DER form
///     former engine:CP-001 SHA256 UNTIL      the one before: who is there by it stays, and who comes by it is let in until then, in seconds since 1970
///     end                                    the last line: a table that was cut off is refused
#ifndef WATTLINE_CERTIFICATE_TABLE_H
#define WATTLINE_CERTIFICATE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The bytes of a fingerprint.
#define CERTIFICATE_FINGERPRINT_SIZE 32

struct certificate_table;

enum certificate_standing {
    /// It is none of the owner's, or none any more.
    CERTIFICATE_UNKNOWN,
    /// Whoever is there by it stays.
    CERTIFICATE_STAYS,
    /// Whoever comes by it is let in.
    CERTIFICATE_COMES,
};

/// Reads a table.
/// - Parameters:
///   - text: the file's bytes; need not end in a zero.
///   - complaint: gets what is wrong, with its line, where the table is refused.
/// - Returns: null when it is refused.
struct certificate_table *certificate_table_read(const char *text, size_t length, char *complaint, size_t complaint_size);
void certificate_table_free(struct certificate_table *table);

/// The standing of somebody's certificate. Of no table it is unknown.
enum certificate_standing certificate_table_find(
    const struct certificate_table *table, const char *name, const unsigned char fingerprint[CERTIFICATE_FINGERPRINT_SIZE], int64_t now);

#endif
