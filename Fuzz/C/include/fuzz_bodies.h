/// What the fuzzing programs of the broker's plugin, and of what calls OpenSSL, do with one input, and `make test` with each committed seed: see Fuzz/README.md.
///
/// Each returns null when all was well, or what was not.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// An access table, a zero byte, and who asks it for what: name, password, client id and topics, parted by zero bytes.
const char *fuzz_access_table(const uint8_t *data, size_t size);

/// A filter, an id in place of its `%i`, and a filter or topic of somebody else, parted by line breaks: the matcher against one that is slow and plain.
const char *fuzz_topics(const uint8_t *data, size_t size);

/// What might be a certificate or a key, in PEM or in DER form.
const char *fuzz_certificates(const uint8_t *data, size_t size);

/// A table of the certificates that count.
const char *fuzz_certificate_table(const uint8_t *data, size_t size);

/// What happens to a broker's plugin, byte by byte: clients, their words, tables, seconds.
const char *fuzz_plugin(const uint8_t *data, size_t size);
