// The choices of the GNU C library's allocator.

#ifdef __linux__
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#endif

#include "CKernels.h"

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>

void mixed_keep_memory(void) {
    enum { block_size = 31 << 20, block_count = 4, page = 2 << 20 };
    void *blocks[block_count];
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, block_size + (1 << 20));
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    for (int i = 0; i < block_count; i++) {
        blocks[i] = malloc(block_size);
        if (blocks[i] == NULL) continue;
        uintptr_t start = ((uintptr_t)blocks[i] + page - 1) / page * page;
        uintptr_t end = ((uintptr_t)blocks[i] + block_size) / page * page;
        madvise((void *)start, end - start, MADV_HUGEPAGE);
    }
    for (int i = block_count - 1; i >= 0; i--) free(blocks[i]);
}
#else
void mixed_keep_memory(void) {}
#endif
