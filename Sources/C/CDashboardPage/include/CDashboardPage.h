#ifndef WATTLINE_DASHBOARD_PAGE_H
#define WATTLINE_DASHBOARD_PAGE_H

#include <stddef.h>
#include <stdint.h>

/// A file of the page.
typedef struct {
    /// Its path in the page's folder.
    const char *_Nonnull name;
    const uint8_t *_Nonnull bytes;
    size_t size;
} wattline_page_file_t;

size_t wattline_page_count(void);
/// The index must be less than the count.
wattline_page_file_t wattline_page_file(size_t index);

#endif
