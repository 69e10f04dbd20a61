/// Matching of topics and topic filters, level by level (MQTT 5, 4.7).
#ifndef WATTLINE_TOPIC_MATCH_H
#define WATTLINE_TOPIC_MATCH_H

#include <stdbool.h>

/// True when the filter, in which `%i` as a whole level stands for the id, matches the topic.
bool topic_matches(const char *filter, const char *id, const char *topic);

/// True when the filter matches every topic that the other one does.
bool filter_covers(const char *filter, const char *id, const char *other);

/// True when there is a topic that both filters match.
bool filters_meet(const char *filter, const char *id, const char *other);

#endif
