/// The certificate with which somebody came, which the listener's authority signed.
#ifndef WATTLINE_CLIENT_CERTIFICATE_H
#define WATTLINE_CLIENT_CERTIFICATE_H

#include <mosquitto.h>
#include <stdbool.h>

#include "certificate_table.h"

struct client_certificate {
    /// The common name; empty when it has none that could be a name.
    char name[128];
    unsigned char fingerprint[CERTIFICATE_FINGERPRINT_SIZE];
};

/// False when there is none.
bool client_certificate_read(const struct mosquitto *client, struct client_certificate *found);

#endif
