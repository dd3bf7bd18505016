// Distribution and special functions of Boost.Math behind a C interface.
//
// Every function is total: arguments outside a function's domain, and NaN, give NaN; no exception leaves the library.
// A variate beyond the support of its distribution is not an error: its density is 0 and its tails are 0 and 1.
// `_upper` is the probability above x, computed without cancellation; `_upper_quantile` inverts it.
#ifndef MIXED_CBOOSTMATH_H
#define MIXED_CBOOSTMATH_H

#ifdef __cplusplus
extern "C" {
#endif

double mixed_normal_density(double x);
double mixed_normal_cumulative(double x);
double mixed_normal_upper(double x);
double mixed_normal_quantile(double p);
double mixed_normal_upper_quantile(double q);

double mixed_student_t_density(double df, double x);
double mixed_student_t_cumulative(double df, double x);
double mixed_student_t_upper(double df, double x);
double mixed_student_t_quantile(double df, double p);
double mixed_student_t_upper_quantile(double df, double q);

double mixed_chi_squared_density(double df, double x);
double mixed_chi_squared_cumulative(double df, double x);
double mixed_chi_squared_upper(double df, double x);
double mixed_chi_squared_quantile(double df, double p);
double mixed_chi_squared_upper_quantile(double df, double q);

double mixed_f_density(double df1, double df2, double x);
double mixed_f_cumulative(double df1, double df2, double x);
double mixed_f_upper(double df1, double df2, double x);
double mixed_f_quantile(double df1, double df2, double p);
double mixed_f_upper_quantile(double df1, double df2, double q);

double mixed_beta_density(double a, double b, double x);
double mixed_beta_cumulative(double a, double b, double x);
double mixed_beta_upper(double a, double b, double x);
double mixed_beta_quantile(double a, double b, double p);
double mixed_beta_upper_quantile(double a, double b, double q);

double mixed_gamma_density(double shape, double scale, double x);
double mixed_gamma_cumulative(double shape, double scale, double x);
double mixed_gamma_upper(double shape, double scale, double x);
double mixed_gamma_quantile(double shape, double scale, double p);
double mixed_gamma_upper_quantile(double shape, double scale, double q);

/// The binomial's variate counts successes: the tails are P(K <= k) and P(K > k), for k rounded down.
double mixed_binomial_density(double trials, double probability, double k);
double mixed_binomial_cumulative(double trials, double probability, double k);
double mixed_binomial_upper(double trials, double probability, double k);

double mixed_log_gamma(double x);
double mixed_log_beta(double a, double b);
double mixed_digamma(double x);
double mixed_trigamma(double x);
double mixed_erf(double x);
double mixed_erfc(double x);

#ifdef __cplusplus
}
#endif
#endif
