public import Prometheus

/// The descriptions of Central's metrics, for `/metrics`.
public enum Descriptions {
    private static let fast = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1]

    public static let all: [MetricDescription] = [
        MetricDescription("wattline_requests_total", "Answers to drivers' requests, by answer and code; repeats of an answer are not counted."),
        MetricDescription("wattline_decide_seconds", "Time Central takes to decide on a request, without the ledger.", buckets: fast),
        MetricDescription("wattline_request_answer_seconds", "Time from hearing a request to publishing its answer, the ledger's commit included."),
        MetricDescription("wattline_sessions_total", "Sessions that were closed, by outcome and reason."),
        MetricDescription("wattline_sessions_open", "Sessions that are open."),
        MetricDescription("wattline_session_energy_watthours_total", "Energy of closed sessions."),
        MetricDescription("wattline_session_income_euros_total", "What the tickets of closed sessions say."),
        MetricDescription("wattline_records_late_total", "Records that completed a session which had been closed without them."),
        MetricDescription("wattline_records_stray_total", "Records kept beside the ledger, of unknown sessions or contradicting theirs."),
        MetricDescription("wattline_faults_total", "Times a point became FAULTY or DISCONNECTED."),
        MetricDescription("wattline_points", "Charge points by what Central says of them."),
        MetricDescription("wattline_points_available", "Charge points that a driver may have now."),
        MetricDescription("wattline_breakers_open", "Points that are rested after failures, or on trial after that."),
        MetricDescription("wattline_power_watts", "Power of all points together."),
        MetricDescription("wattline_rated_power_watts", "Power that all points could give."),
        MetricDescription("wattline_bus_received_messages_total", "Messages heard, by kind of topic."),
        MetricDescription("wattline_bus_sent_messages_total", "Messages published, by kind of topic."),
        MetricDescription("wattline_bus_connects_total", "Connections to the broker whose handshake was done."),
        MetricDescription("wattline_bus_connected", "Whether Central is connected to the broker."),
        MetricDescription(
            "wattline_broker_dropped_messages_total", "Messages that the broker dropped for slow subscribers, since Central looks ($SYS)."),
        MetricDescription("wattline_messages_rejected_total", "Payloads that break the contract, by reason."),
        MetricDescription("wattline_messages_stale_total", "Messages of an older connection of their sender (P6)."),
        MetricDescription("wattline_messages_repeated_total", "Messages whose number had been seen (P7)."),
        MetricDescription("wattline_readings_doubted_total", "Readings of open sessions that were not believed (S3)."),
        MetricDescription("wattline_messages_refused_total", "Own messages that the broker refused."),
        MetricDescription("wattline_messages_unsent_total", "Own messages that were not handed to the broker: too large for it, or too many waited."),
        MetricDescription("wattline_messages_of_strangers_total", "Messages of points that are not known, which are not heard."),
        MetricDescription("wattline_messages_beyond_limit_total", "Messages of points beyond the number that is served."),
        MetricDescription("wattline_denials_unrecorded_total", "Requests that were put off, since too many had been denied (P14)."),
        MetricDescription("wattline_records_refused_total", "Records that were not kept, since too many had been put aside (P14)."),
        MetricDescription("wattline_state_gaps_total", "States that were missed, by the numbers of those that came (P7)."),
        MetricDescription("wattline_telemetry_lost_total", "Readings that were missed, by the numbers of those that came (P7)."),
        MetricDescription("wattline_ledger_working", "Whether the ledger can be written."),
        MetricDescription("wattline_standby", "Whether another Central is at work, and this one waits."),
        MetricDescription("wattline_ledger_failures_total", "Times the ledger stopped working."),
        MetricDescription("wattline_ledger_commit_seconds", "Time of a commit, until it is synced to disk."),
        MetricDescription("wattline_ledger_commit_operations", "Operations of a commit.", buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024]),
        MetricDescription("wattline_ledger_bytes", "Size of the ledger's file."),
        MetricDescription(
            "wattline_certificate_expires_seconds", "Time until the certificate ends; of all clients' together, the one that ends first."),
        MetricDescription("wattline_event_readers", "Readers of the stream of events."),
        MetricDescription("process_start_time_seconds", "When Central's process started, in seconds since 1970."),
        MetricDescription("process_resident_memory_bytes", "Memory of Central's process that is in RAM."),
        MetricDescription("process_cpu_seconds_total", "CPU time of Central's process, user and system."),
    ]
}
