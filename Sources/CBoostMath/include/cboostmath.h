// Distribution functions of Boost.Math behind a C interface; see the .cpp for what each returns on bad arguments.
#ifndef MIXED_CBOOSTMATH_H
#define MIXED_CBOOSTMATH_H
#endif
