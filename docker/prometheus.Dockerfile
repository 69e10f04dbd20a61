# Debian's Prometheus. What it scrapes and the alert rules come from the compose file, so that a change of them needs no build.
FROM debian:bookworm-slim
# Not `prometheus`: the package insists on a user of its own by that name, with whatever uid comes.
RUN useradd --system --uid 10003 --user-group --no-create-home --shell /usr/sbin/nologin wattline-prometheus \
    && apt-get update -q && apt-get install -y -q --no-install-recommends prometheus \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
    && install -d -o wattline-prometheus -g wattline-prometheus -m 0750 /var/lib/wattline-prometheus
USER wattline-prometheus
# Where it writes what it remembers.
WORKDIR /var/lib/wattline-prometheus
ENTRYPOINT ["prometheus", "--config.file=/etc/wattline/prometheus.yml", "--storage.tsdb.path=/var/lib/wattline-prometheus"]
CMD ["--storage.tsdb.retention.time=15d", "--storage.tsdb.retention.size=1GB", "--log.level=warn"]
