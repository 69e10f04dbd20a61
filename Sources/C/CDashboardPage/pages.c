// Written by Scripts/page-files.py: do not edit.
#include "CDashboardPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t file0[] = {
#embed "../../../openapi.yaml"
};

static const uint8_t file1[] = {
#embed "web/app.js"
};

static const uint8_t file2[] = {
#embed "web/css/cards.css"
};

static const uint8_t file3[] = {
#embed "web/css/dialogs.css"
};

static const uint8_t file4[] = {
#embed "web/css/panels.css"
};

static const uint8_t file5[] = {
#embed "web/css/stations.css"
};

static const uint8_t file6[] = {
#embed "web/css/top.css"
};

static const uint8_t file7[] = {
#embed "web/icon.svg"
};

static const uint8_t file8[] = {
#embed "web/index.html"
};

static const uint8_t file9[] = {
#embed "web/js/api.js"
};

static const uint8_t file10[] = {
#embed "web/js/card.js"
};

static const uint8_t file11[] = {
#embed "web/js/commands.js"
};

static const uint8_t file12[] = {
#embed "web/js/copy.js"
};

static const uint8_t file13[] = {
#embed "web/js/curve.js"
};

static const uint8_t file14[] = {
#embed "web/js/detail.js"
};

static const uint8_t file15[] = {
#embed "web/js/dom.js"
};

static const uint8_t file16[] = {
#embed "web/js/events.js"
};

static const uint8_t file17[] = {
#embed "web/js/filters.js"
};

static const uint8_t file18[] = {
#embed "web/js/format.js"
};

static const uint8_t file19[] = {
#embed "web/js/frames.js"
};

static const uint8_t file20[] = {
#embed "web/js/grid.js"
};

static const uint8_t file21[] = {
#embed "web/js/icons.js"
};

static const uint8_t file22[] = {
#embed "web/js/keys.js"
};

static const uint8_t file23[] = {
#embed "web/js/log.js"
};

static const uint8_t file24[] = {
#embed "web/js/route.js"
};

static const uint8_t file25[] = {
#embed "web/js/sessions.js"
};

static const uint8_t file26[] = {
#embed "web/js/signin.js"
};

static const uint8_t file27[] = {
#embed "web/js/station.js"
};

static const uint8_t file28[] = {
#embed "web/js/stations.js"
};

static const uint8_t file29[] = {
#embed "web/js/status.js"
};

static const uint8_t file30[] = {
#embed "web/js/steering.js"
};

static const uint8_t file31[] = {
#embed "web/js/store.js"
};

static const uint8_t file32[] = {
#embed "web/js/stream.js"
};

static const uint8_t file33[] = {
#embed "web/js/theme.js"
};

static const uint8_t file34[] = {
#embed "web/js/toast.js"
};

static const uint8_t file35[] = {
#embed "web/js/totals.js"
};

static const uint8_t file36[] = {
#embed "web/js/wishes.js"
};

static const uint8_t file37[] = {
#embed "web/manifest.webmanifest"
};

static const uint8_t file38[] = {
#embed "web/style.css"
};

static const wattline_page_file_t files[] = {
    {"openapi.yaml", file0, sizeof file0},
    {"app.js", file1, sizeof file1},
    {"css/cards.css", file2, sizeof file2},
    {"css/dialogs.css", file3, sizeof file3},
    {"css/panels.css", file4, sizeof file4},
    {"css/stations.css", file5, sizeof file5},
    {"css/top.css", file6, sizeof file6},
    {"icon.svg", file7, sizeof file7},
    {"index.html", file8, sizeof file8},
    {"js/api.js", file9, sizeof file9},
    {"js/card.js", file10, sizeof file10},
    {"js/commands.js", file11, sizeof file11},
    {"js/copy.js", file12, sizeof file12},
    {"js/curve.js", file13, sizeof file13},
    {"js/detail.js", file14, sizeof file14},
    {"js/dom.js", file15, sizeof file15},
    {"js/events.js", file16, sizeof file16},
    {"js/filters.js", file17, sizeof file17},
    {"js/format.js", file18, sizeof file18},
    {"js/frames.js", file19, sizeof file19},
    {"js/grid.js", file20, sizeof file20},
    {"js/icons.js", file21, sizeof file21},
    {"js/keys.js", file22, sizeof file22},
    {"js/log.js", file23, sizeof file23},
    {"js/route.js", file24, sizeof file24},
    {"js/sessions.js", file25, sizeof file25},
    {"js/signin.js", file26, sizeof file26},
    {"js/station.js", file27, sizeof file27},
    {"js/stations.js", file28, sizeof file28},
    {"js/status.js", file29, sizeof file29},
    {"js/steering.js", file30, sizeof file30},
    {"js/store.js", file31, sizeof file31},
    {"js/stream.js", file32, sizeof file32},
    {"js/theme.js", file33, sizeof file33},
    {"js/toast.js", file34, sizeof file34},
    {"js/totals.js", file35, sizeof file35},
    {"js/wishes.js", file36, sizeof file36},
    {"manifest.webmanifest", file37, sizeof file37},
    {"style.css", file38, sizeof file38},
};

size_t wattline_page_count(void) { return sizeof files / sizeof files[0]; }

wattline_page_file_t wattline_page_file(size_t index) { return files[index]; }
