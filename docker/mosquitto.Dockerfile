# The broker: Debian's mosquitto and its clients, with the mosquitto.conf of this project.
FROM debian:bookworm-slim
# A fixed uid, so that the volume's owner is the same after a rebuild.
RUN useradd --system --uid 10002 --user-group --no-create-home --shell /usr/sbin/nologin mosquitto \
    && apt-get update -q && apt-get install -y -q --no-install-recommends mosquitto mosquitto-clients \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
    && install -d -o mosquitto -g mosquitto -m 0750 /var/lib/mosquitto
COPY --chmod=0644 mosquitto.conf /etc/mosquitto/wattline.conf
# In a container every address is the network's; who may reach it from outside is said by the published ports.
RUN sed -i 's/^listener .*/listener 1883/' /etc/mosquitto/wattline.conf && grep -q '^listener 1883$' /etc/mosquitto/wattline.conf
COPY --chmod=0755 docker/start-mosquitto.sh /usr/local/bin/start-mosquitto
USER mosquitto
# Where it writes its persistence file.
WORKDIR /var/lib/mosquitto
ENTRYPOINT ["start-mosquitto"]
CMD ["-c", "/etc/mosquitto/wattline.conf"]
