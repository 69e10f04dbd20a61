# Two images of one build: wattline, the program for Central, engines, monitors, drivers and tools, and mosquitto, the broker with its plugin.
# `docker compose build` makes both.

# Where the program comes from. sources: it is compiled here. build: from .build/image, where the tests put the build that stands on this machine.
ARG WATTLINE_FROM=sources

FROM swift:6.3-bookworm AS from-sources
WORKDIR /wattline
COPY Scripts/build-packages.txt Scripts/
RUN apt-get update -q && xargs -a Scripts/build-packages.txt apt-get install -y -q --no-install-recommends && rm -rf /var/lib/apt/lists/*
COPY Package.swift openapi.yaml ./
COPY Sources Sources
# SwiftPM wants to see them; they are not built.
COPY Tests Tests
COPY Fuzz Fuzz
COPY Scripts/compile.sh Scripts/build-plugin.sh Scripts/sbom.py Scripts/
# The build folder is a cache that stays with the builder: after a change only what changed is compiled.
RUN --mount=type=cache,target=/wattline/.build,sharing=locked \
    Scripts/compile.sh && install -D -t /built .build/release/wattline-access.so .build/release/swift.json && strip -o /built/wattline .build/release/wattline

FROM scratch AS from-build
COPY .build/image /built

FROM from-${WATTLINE_FROM} AS program

# What is installed comes before what is compiled: after a change of the program nothing is fetched anew.
FROM debian:bookworm-slim AS base
RUN apt-get update -q && apt-get install -y -q --no-install-recommends libmosquitto1 libsqlite3-0 libssl3 libstdc++6 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin wattline \
    && install -d -o wattline -g wattline -m 0750 /var/lib/wattline
ENV WATTLINE_DATA=/var/lib/wattline

# The broker: Debian's mosquitto and its clients, with the mosquitto.conf of this project. It runs as who owns the names, whom alone their files tell them.
FROM base AS broker
RUN apt-get update -q && apt-get install -y -q --no-install-recommends mosquitto mosquitto-clients \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
    && rm -rf /var/lib/mosquitto && install -d -o wattline -g wattline -m 0750 /var/lib/mosquitto

# What each image is made of, for `wattline sbom`: from the packages that are in it.
FROM debian:bookworm-slim AS sbom
RUN apt-get update -q && apt-get install -y -q --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY Scripts/sbom.py Scripts/
COPY --from=program /built/swift.json /built/swift.json
COPY --from=base /var/lib/dpkg/status /images/wattline/status
COPY --from=base /usr/share/doc /images/wattline/doc
COPY --from=broker /var/lib/dpkg/status /images/wattline-mosquitto/status
COPY --from=broker /usr/share/doc /images/wattline-mosquitto/doc
RUN for image in wattline wattline-mosquitto; do \
    Scripts/sbom.py --name $image --swift /built/swift.json --dpkg /images/$image --out /images/$image/sbom.cdx.json; done

FROM broker AS mosquitto
COPY --from=sbom --chmod=0644 /images/wattline-mosquitto/sbom.cdx.json /usr/share/wattline/sbom.cdx.json
COPY --from=program --chmod=0755 /built/wattline /usr/local/bin/wattline
COPY --chmod=0644 network.json /usr/share/wattline/network.json
COPY --from=program --chmod=0644 /built/wattline-access.so /usr/local/lib/wattline/wattline-access.so
COPY --chmod=0644 mosquitto.conf /etc/mosquitto/open.conf
# In a container every address is the network's; who may reach it from outside is said by the published ports.
RUN sed -i 's/^listener .*/listener 1883/' /etc/mosquitto/open.conf && grep -q '^listener 1883$' /etc/mosquitto/open.conf \
    && { cat /etc/mosquitto/open.conf; printf '%s\n' '' '# Who may connect, publish and read. What is kept was allowed when it was published.' \
    'check_retain_source false' 'plugin /usr/local/lib/wattline/wattline-access.so' 'plugin_opt_access_file /var/lib/wattline/credentials/access'; } \
    >/etc/mosquitto/wattline.conf \
    && certificates=/var/lib/wattline/certificates && server="certfile $certificates/server.pem\nkeyfile $certificates/server.key\ntls_version tlsv1.2" \
    && { sed "s|^listener .*|listener 8883\n$server\nlistener 8884\ncafile $certificates/ca.pem\nrequire_certificate true\n$server|" /etc/mosquitto/wattline.conf; \
    printf '%s\n' "plugin_opt_certificate_file $certificates/server.pem"; } >/etc/mosquitto/wattline-tls.conf \
    && chmod 0644 /etc/mosquitto/wattline.conf /etc/mosquitto/wattline-tls.conf
COPY --chmod=0755 docker/start-mosquitto.sh /usr/local/bin/start-mosquitto
# mosquitto's clients in this container are its owner's: they read everything, and write nothing.
ENV XDG_CONFIG_HOME=/var/lib/wattline/credentials/mosquitto/recorder-local
USER wattline
# Where it writes its persistence file.
WORKDIR /var/lib/mosquitto
ENTRYPOINT ["start-mosquitto"]

FROM base AS wattline
COPY --from=program --chmod=0755 /built/wattline /usr/local/bin/wattline
COPY --chmod=0644 network.json /usr/share/wattline/network.json
COPY --from=sbom --chmod=0644 /images/wattline/sbom.cdx.json /usr/share/wattline/sbom.cdx.json
# Where a container answers `wattline health`, and what must survive: a volume put here gets the right owner from the image.
ENV WATTLINE_HEALTH_HOST=0.0.0.0 WATTLINE_HEALTH_PORT=8080
USER wattline
ENTRYPOINT ["wattline"]
CMD ["--help"]
