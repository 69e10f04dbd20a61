// libmosquitto, and what Swift can't say of it.
#ifndef WATTLINE_MOSQUITTO_BRIDGE_H
#define WATTLINE_MOSQUITTO_BRIDGE_H

#include <mosquitto.h>
#include <mqtt_protocol.h>

// A module that was built before this file was there is built anew.
#include "mosquitto_tls.h"

// Reads packets until the socket is empty, `budget` calls were made, or an error closed it. mosquitto_loop_read of 2.0.11 reads one QoS 0 packet
// per call, whatever its max_packets says. Between two packets it stops when *stop is set (by a callback). Returns what mosquitto_loop_read said last.
int wattline_drain(struct mosquitto *client, int budget, const bool *stop);

// mosquitto_loop_write, with all packets in as few segments as they fit in: the library writes each by itself, and with TCP_NODELAY each would go by itself.
int wattline_write_together(struct mosquitto *client);

// Stores the CONNECT properties for a nonblocking connect, which has no parameter for them. Returns MOSQ_ERR_SUCCESS when they are stored.
int wattline_store_connect_properties(struct mosquitto *client, const mosquitto_property *properties);

// SO_ERROR of a socket: why a nonblocking connect failed; 0 for no error.
int wattline_socket_error(int socket);

// libmosquitto's sockets are inherited by children otherwise.
void wattline_close_on_exec(int socket);

#endif
