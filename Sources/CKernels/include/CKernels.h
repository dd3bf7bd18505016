// What Swift has no words for: hints to the processor and to the system's memory.

#ifndef MIXED_C_KERNELS_H
#define MIXED_C_KERNELS_H

/// Asks for the cache line at an address that will be written soon.
static inline void mixed_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Has small and middling allocations of all threads come from one heap on large pages that is never given back.
///
/// Each 4-kB page that is touched for the first time costs a trip to the kernel; for a million rows those trips take longer
/// than reading the numbers. For programs that run once and end; does nothing where the C library has no such choices.
void mixed_keep_memory(void);

#endif
