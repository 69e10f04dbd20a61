# wattline: one program for Central, engines, monitors, drivers and tools. `docker compose build` makes it.

FROM swift:6.3-bookworm AS build
RUN apt-get update -q && apt-get install -y -q --no-install-recommends libmosquitto-dev libsqlite3-dev libssl-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /wattline
COPY Package.swift openapi.yaml ./
COPY Sources Sources
# SwiftPM wants to see them; they are not built.
COPY Tests Tests
# The build folder is a cache that stays with the builder: after a change only what changed is compiled.
RUN --mount=type=cache,target=/wattline/.build,sharing=locked \
    swift build -c release --product wattline --static-swift-stdlib \
    && strip -o /usr/local/bin/wattline .build/release/wattline

FROM debian:bookworm-slim
RUN apt-get update -q && apt-get install -y -q --no-install-recommends libmosquitto1 libsqlite3-0 libssl3 libstdc++6 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin wattline \
    && install -d -o wattline -g wattline -m 0750 /var/lib/wattline
COPY --from=build /usr/local/bin/wattline /usr/local/bin/wattline
COPY --chmod=0644 network.json /usr/share/wattline/network.json
# Where a container answers `wattline health`, and what must survive: a volume put here gets the right owner from the image.
ENV WATTLINE_DATA=/var/lib/wattline WATTLINE_HEALTH_HOST=0.0.0.0 WATTLINE_HEALTH_PORT=8080
USER wattline
ENTRYPOINT ["wattline"]
CMD ["--help"]
