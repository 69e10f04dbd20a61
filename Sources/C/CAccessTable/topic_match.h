/// Matching of topics and topic filters, level by level (MQTT 5, 4.7).
#ifndef WATTLINE_TOPIC_MATCH_H
#define WATTLINE_TOPIC_MATCH_H

#include <stdbool.h>

/// True when the filter, in which `%i` as a whole level stands for the id, matches every topic that the other one does; a topic is a filter of itself.
bool filter_covers(const char *filter, const char *id, const char *other);

/// True when there is a topic that both filters match.
bool filters_meet(const char *filter, const char *id, const char *other);

#endif
