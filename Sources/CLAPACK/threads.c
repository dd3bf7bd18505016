// Control of the BLAS's own threads, which only OpenBLAS offers.
#include "clapack.h"

#if defined(__linux__)
extern void openblas_set_num_threads(int count);

void mixed_blas_set_threads(int count) { openblas_set_num_threads(count); }
#else
void mixed_blas_set_threads(int count) { (void)count; }
#endif
