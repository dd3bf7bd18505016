# Intervals of given replicates by boot::boot.ci, and lme4's bootMer for the distribution of refits.
suppressMessages({library(boot); library(lme4); library(jsonlite)})
set.seed(20)
sets <- list(
  skewed = list(original = 1.9, values = round(rgamma(199, 4, 2), 6), levels = c(0.5, 0.9, 0.95, 0.99)),
  even = list(original = 0.1, values = round(rnorm(1000), 6), levels = c(0.8, 0.95)),
  exact = list(original = -3, values = round(rnorm(999, -3, 2), 6), levels = c(0.9, 0.95)),
  few = list(original = 5, values = round(rexp(12, 0.2), 6), levels = c(0.8, 0.95)),
  tied = list(original = 0.4, values = c(rep(0, 60), round(rchisq(41, 1), 6)), levels = c(0.9, 0.95)))
intervals <- function(set) {
  object <- list(t0 = set$original, t = matrix(set$values), R = length(set$values), data = 0, sim = "parametric",
                 call = quote(boot(statistic = f, sim = "parametric")))
  class(object) <- "boot"
  lapply(set$levels, function(level) {
    ci <- suppressWarnings(boot.ci(object, conf = level, type = c("norm", "basic", "perc")))
    list(level = level, normal = ci$normal[2:3], basic = ci$basic[4:5], percentile = ci$percent[4:5])
  })
}
result <- lapply(sets, function(set) c(set[c("original", "values")], list(
  bias = mean(set$values) - set$original, standardError = sd(set$values), intervals = intervals(set))))

# Means and standard deviations over 2000 refits of responses simulated row by row.
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-8), check.conv.singular = "ignore",
                     calc.derivs = FALSE)
parameters <- function(m) {
  v <- as.data.frame(VarCorr(m), order = "lower.tri")
  c(v$sdcor, fixef(m))
}
bootmer <- function(formula, data, n) {
  m <- lmer(formula, data, control = tight)
  b <- bootMer(m, parameters, nsim = n, seed = 7)
  t <- b$t
  list(replicates = n, mean = colMeans(t, na.rm = TRUE), sd = apply(t, 2, sd, na.rm = TRUE),
       singular = mean(apply(t, 1, function(x) any(!is.finite(x)) || any(abs(x[1]) < 1e-4))))
}
merboot <- list(sleepstudy = bootmer(Reaction ~ Days + (Days | Subject), sleepstudy, 2000),
                dyestuff = bootmer(Yield ~ 1 + (1 | Batch), Dyestuff, 2000))
write_json(list(versions = list(R = as.character(getRversion()), boot = as.character(packageVersion("boot")),
                                lme4 = as.character(packageVersion("lme4"))),
                sets = result, bootMer = merboot),
           "bootstrap.json", digits = NA, auto_unbox = TRUE)
