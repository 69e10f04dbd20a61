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
#embed "web/css/top.css"
};

static const uint8_t file6[] = {
#embed "web/icon.svg"
};

static const uint8_t file7[] = {
#embed "web/index.html"
};

static const uint8_t file8[] = {
#embed "web/js/api.js"
};

static const uint8_t file9[] = {
#embed "web/js/card.js"
};

static const uint8_t file10[] = {
#embed "web/js/curve.js"
};

static const uint8_t file11[] = {
#embed "web/js/detail.js"
};

static const uint8_t file12[] = {
#embed "web/js/dom.js"
};

static const uint8_t file13[] = {
#embed "web/js/events.js"
};

static const uint8_t file14[] = {
#embed "web/js/filters.js"
};

static const uint8_t file15[] = {
#embed "web/js/format.js"
};

static const uint8_t file16[] = {
#embed "web/js/grid.js"
};

static const uint8_t file17[] = {
#embed "web/js/icons.js"
};

static const uint8_t file18[] = {
#embed "web/js/keys.js"
};

static const uint8_t file19[] = {
#embed "web/js/log.js"
};

static const uint8_t file20[] = {
#embed "web/js/route.js"
};

static const uint8_t file21[] = {
#embed "web/js/sessions.js"
};

static const uint8_t file22[] = {
#embed "web/js/signin.js"
};

static const uint8_t file23[] = {
#embed "web/js/status.js"
};

static const uint8_t file24[] = {
#embed "web/js/steering.js"
};

static const uint8_t file25[] = {
#embed "web/js/store.js"
};

static const uint8_t file26[] = {
#embed "web/js/stream.js"
};

static const uint8_t file27[] = {
#embed "web/js/theme.js"
};

static const uint8_t file28[] = {
#embed "web/js/toast.js"
};

static const uint8_t file29[] = {
#embed "web/js/totals.js"
};

static const uint8_t file30[] = {
#embed "web/manifest.webmanifest"
};

static const uint8_t file31[] = {
#embed "web/style.css"
};

static const wattline_page_file_t files[] = {
    {"openapi.yaml", file0, sizeof file0},
    {"app.js", file1, sizeof file1},
    {"css/cards.css", file2, sizeof file2},
    {"css/dialogs.css", file3, sizeof file3},
    {"css/panels.css", file4, sizeof file4},
    {"css/top.css", file5, sizeof file5},
    {"icon.svg", file6, sizeof file6},
    {"index.html", file7, sizeof file7},
    {"js/api.js", file8, sizeof file8},
    {"js/card.js", file9, sizeof file9},
    {"js/curve.js", file10, sizeof file10},
    {"js/detail.js", file11, sizeof file11},
    {"js/dom.js", file12, sizeof file12},
    {"js/events.js", file13, sizeof file13},
    {"js/filters.js", file14, sizeof file14},
    {"js/format.js", file15, sizeof file15},
    {"js/grid.js", file16, sizeof file16},
    {"js/icons.js", file17, sizeof file17},
    {"js/keys.js", file18, sizeof file18},
    {"js/log.js", file19, sizeof file19},
    {"js/route.js", file20, sizeof file20},
    {"js/sessions.js", file21, sizeof file21},
    {"js/signin.js", file22, sizeof file22},
    {"js/status.js", file23, sizeof file23},
    {"js/steering.js", file24, sizeof file24},
    {"js/store.js", file25, sizeof file25},
    {"js/stream.js", file26, sizeof file26},
    {"js/theme.js", file27, sizeof file27},
    {"js/toast.js", file28, sizeof file28},
    {"js/totals.js", file29, sizeof file29},
    {"manifest.webmanifest", file30, sizeof file30},
    {"style.css", file31, sizeof file31},
};

size_t wattline_page_count(void) { return sizeof files / sizeof files[0]; }

wattline_page_file_t wattline_page_file(size_t index) { return files[index]; }
