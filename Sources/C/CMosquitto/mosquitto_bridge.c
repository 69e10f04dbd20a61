#include "mosquitto_bridge.h"
#include "mosquitto_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int wattline_drain(struct mosquitto *client, int budget, const bool *stop) {
    int result = MOSQ_ERR_SUCCESS;
    while (budget-- > 0 && !*stop) {
        errno = 0;
        result = mosquitto_loop_read(client, 1);
        if (result != MOSQ_ERR_SUCCESS) return result;
        // Of what came in one TLS record only the first packet was read; the socket knows nothing of the others.
        if (errno != EAGAIN || wattline_tls_unread(client) > 0) continue;
        // The socket may be empty, or the EAGAIN is of the library's own wake-up pipe, which is full for ever in this mode.
        int waiting = 0;
        int socket = mosquitto_socket(client);
        if (socket < 0 || ioctl(socket, FIONREAD, &waiting) != 0 || waiting == 0) return result;
    }
    return result;
}

int wattline_write_together(struct mosquitto *client) {
    int on = 1, off = 0;
    int socket = mosquitto_socket(client);
    setsockopt(socket, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    int result = mosquitto_loop_write(client, 1);
    // The library may have closed it.
    if (mosquitto_socket(client) == socket) setsockopt(socket, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
    return result;
}

int wattline_store_connect_properties(struct mosquitto *client, const mosquitto_property *properties) {
    // It copies the properties, and only then finds that there is no host to connect to.
    int result = mosquitto_connect_bind_v5(client, NULL, 0, 0, NULL, properties);
    return result == MOSQ_ERR_INVAL ? MOSQ_ERR_SUCCESS : result;
}

int wattline_socket_error(int socket) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

void wattline_close_on_exec(int socket) {
    fcntl(socket, F_SETFD, FD_CLOEXEC);
}
