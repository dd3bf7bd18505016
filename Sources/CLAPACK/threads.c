// Control of the BLAS's own threads, which only OpenBLAS offers.
#include "clapack.h"

#if defined(__linux__)
extern void openblas_set_num_threads(int count);
extern int openblas_get_num_threads(void);

void mixed_blas_set_threads(int count) { openblas_set_num_threads(count); }
int mixed_blas_get_threads(void) { return openblas_get_num_threads(); }
#else
void mixed_blas_set_threads(int count) { (void)count; }
int mixed_blas_get_threads(void) { return 1; }
#endif
