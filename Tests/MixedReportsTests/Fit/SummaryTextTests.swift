// The summaries of five models, word for word, as they were read and found good.

import LinearMixedModels
import MixedReports
import Testing

@Suite struct SummaryTextTests {
    /// The sleep study: an optimum inside.
    @Test func sleepStudy() throws {
        let fit = try ReportedFits.fit("Reaction ~ Days + (1 + Days | Subject)", "sleepstudy")
        #expect(
            FitReport(fit).text() == """
                Linear mixed model fitted by REML
                Formula: Reaction ~ Days + (1 + Days | Subject)
                Data: 180 rows; 18 levels of Subject

                REML criterion 1743.63, AIC 1755.63, BIC 1774.79

                Scaled residuals:
                Smallest  1st quartile  Median  3rd quartile  Largest
                  -3.954        -0.463   0.023         0.463    5.179

                Random effects:
                Group     Effect       Variance  Std. dev.  Correlation
                Subject   (Intercept)    612.09     24.740
                          Days            35.07      5.922         0.07
                Residual                 654.94     25.592

                Fixed effects, with t-tests by Satterthwaite's degrees of freedom:
                             Estimate  Std. error  df  t value   p value
                (Intercept)   251.405       6.825  17    36.84    <2e-16
                Days           10.467       1.546  17     6.77  3.26e-06

                Correlation of the fixed effects:
                                   1
                1 (Intercept)
                2 Days         -0.14

                Variance explained (R2): 0.279 by the fixed effects, 0.799 together with the
                  random effects. Of what the fixed effects leave, 0.722 is variance between
                  groups (ICC).
                Certified optimum: no further step could lower the criterion by more than
                  3e-13.

                """)
    }

    /// A variance of zero: what it means, and what to do.
    @Test func singular() throws {
        let fit = try ReportedFits.fit("Yield ~ 1 + (1 | Batch)", "dyestuff2")
        #expect(
            FitReport(fit).text() == """
                Linear mixed model fitted by REML
                Formula: Yield ~ 1 + (1 | Batch)
                Data: 30 rows; 6 levels of Batch

                REML criterion 161.83, AIC 167.83, BIC 172.03

                Scaled residuals:
                Smallest  1st quartile  Median  3rd quartile  Largest
                  -1.765        -0.781  -0.081         0.669    2.091

                Random effects:
                Group     Effect       Variance  Std. dev.
                Batch     (Intercept)      0.00      0.000
                Residual                  13.81      3.716

                Fixed effects, with t-tests by Satterthwaite's degrees of freedom:
                             Estimate  Std. error  df  t value   p value
                (Intercept)    5.6656      0.6784  29     8.35  3.32e-09

                Variance explained (R2): 0.000 by the fixed effects, 0.000 together with the
                  random effects. Of what the fixed effects leave, 0.000 is variance between
                  groups (ICC).
                Singular fit: the effect of (Intercept) does not vary between levels of Batch:
                  its variance is estimated to be zero.
                What it means: the data show no more variation there than the residuals
                  explain. This is the best fit of the model and not a failure of the search;
                  with few groups a small variance is easily estimated as zero. What to do: a
                  model without (1 | Batch) gives the same answers; keep the term if the design
                  asks for it.
                Certified optimum: no further step could lower the criterion by more than
                  3e-14.

                """)
    }

    /// A model without random terms.
    @Test func linearModel() throws {
        let fit = try ReportedFits.fit("Reaction ~ Days", "sleepstudy")
        #expect(
            FitReport(fit).text() == """
                Linear model fitted by least squares
                Formula: Reaction ~ Days
                Data: 180 rows

                -2 log-likelihood 1900.29, AIC 1906.29, BIC 1915.87

                Residuals:
                Smallest  1st quartile  Median  3rd quartile  Largest
                  -110.8         -27.5     1.5          26.1    140.0

                Coefficients:
                             Estimate  Std. error  t value   p value
                (Intercept)   251.405       6.610    38.03    <2e-16
                Days           10.467       1.238     8.45  9.89e-15

                Residual standard deviation: 47.71 on 178 degrees of freedom
                R-squared: 0.286, adjusted: 0.282
                F-test of all effects: 71.46 on 1 and 178 degrees of freedom, p = 9.89e-15

                """)
    }

    /// A column that is twice another.
    @Test func aliased() throws {
        let fit = try ReportedFits.fit(
            "angle ~ recipe + temp + I(2 * temp) + (1 | recipe:replicate)", "cake", method: .likelihood)
        #expect(
            FitReport(fit).text() == """
                Linear mixed model fitted by maximum likelihood
                Formula: angle ~ recipe + temp + I(2 * temp) + (1 | recipe:replicate)
                Data: 270 rows; 45 levels of recipe:replicate

                -2 log-likelihood 1696.16, AIC 1708.16, BIC 1729.75

                Scaled residuals:
                Smallest  1st quartile  Median  3rd quartile  Largest
                  -2.452        -0.597  -0.095         0.607    2.680

                Random effects:
                Group             Effect       Variance  Std. dev.
                recipe:replicate  (Intercept)     38.80      6.229
                Residual                          20.62      4.540

                Fixed effects, with t-tests by Satterthwaite's degrees of freedom:
                             Estimate  Std. error   df  t value  p value
                (Intercept)   1.51587     3.64511  266     0.42    0.678
                recipeB      -1.47778     2.37297   45    -0.62    0.537
                recipeC      -1.52222     2.37297   45    -0.64    0.524
                temp          0.15803     0.01618  225     9.77   <2e-16
                I(2 * temp)        NA          NA   NA       NA       NA

                Correlation of the fixed effects:
                                   1     2     3
                1 (Intercept)
                2 recipeB      -0.33
                3 recipeC      -0.33  0.50
                4 temp         -0.89  0.00  0.00

                Variance explained (R2): 0.116 by the fixed effects, 0.693 together with the
                  random effects. Of what the fixed effects leave, 0.653 is variance between
                  groups (ICC).
                Certified optimum: no further step could lower the criterion by more than
                  3e-13.
                I(2 * temp) has no estimate: its column can be computed from the columns
                  before it, so the data say nothing of its own effect.

                """)
    }

    /// Rows without a value, and notes from outside.
    @Test func missingRows() throws {
        let fit = try LinearMixedModel(
            "Reaction ~ Days + (1 + Days || Subject)", data: ReportedFits.withMissingValues()
        )
        .fit()
        #expect(
            FitReport(fit, warnings: ["2 values of Days were read as missing."]).text() == """
                Linear mixed model fitted by REML
                Formula: Reaction ~ Days + (1 + Days || Subject)
                Data: 153 rows; 18 levels of Subject
                Left out: 27 of 180 rows, because a value is missing (Reaction in 26 rows,
                  Days in 1 row).

                REML criterion 1483.33, AIC 1493.33, BIC 1508.48

                Scaled residuals:
                Smallest  1st quartile  Median  3rd quartile  Largest
                  -4.117        -0.482   0.029         0.459    4.318

                Random effects:
                Group     Effect       Variance  Std. dev.
                Subject   (Intercept)    671.78     25.919
                Subject   Days            36.53      6.044
                Residual                 628.15     25.063

                Fixed effects, with t-tests by Satterthwaite's degrees of freedom:
                             Estimate  Std. error    df  t value  p value
                (Intercept)   251.626       7.210  18.2    34.90   <2e-16
                Days           10.660       1.594  18.2     6.69  2.7e-06

                Correlation of the fixed effects:
                                   1
                1 (Intercept)
                2 Days         -0.20

                Variance explained (R2): 0.286 by the fixed effects, 0.809 together with the
                  random effects. Of what the fixed effects leave, 0.733 is variance between
                  groups (ICC).
                Certified optimum: no further step could lower the criterion by more than
                  3e-13.
                Note: 2 values of Days were read as missing.

                """)
    }
}
