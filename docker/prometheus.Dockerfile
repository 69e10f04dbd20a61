# Debian's Prometheus, with the scrape configuration and the alert rules of this project.
FROM debian:bookworm-slim
RUN useradd --system --uid 10003 --user-group --no-create-home --shell /usr/sbin/nologin prometheus \
    && apt-get update -q && apt-get install -y -q --no-install-recommends prometheus \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
    && install -d -o prometheus -g prometheus -m 0750 /var/lib/wattline-prometheus
COPY --chmod=0644 docs/operations/alerts.yaml /etc/prometheus/alerts.yaml
COPY --chmod=0644 docker/prometheus.yml /etc/prometheus/prometheus.yml
USER prometheus
WORKDIR /var/lib/wattline-prometheus
ENTRYPOINT ["prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/var/lib/wattline-prometheus"]
CMD ["--storage.tsdb.retention.time=15d", "--log.level=warn"]
