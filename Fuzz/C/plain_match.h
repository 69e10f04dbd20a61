// MQTT's rules for topic filters (OASIS MQTT 5, 4.7), word for word and without regard to cost: what the plugin's matcher is held against.
#pragma once
#include <stdbool.h>

/// True when the filter, with the id in place of a level `%i`, matches the topic, which has no wildcards.
bool plainly_matches(const char *filter, const char *id, const char *topic);
/// True for a text without a `+` or `#`.
bool is_topic(const char *text);
/// True for a filter in which `+` and `#` are whole levels, `#` the last.
bool is_filter(const char *text);
