# Writes anova.json: F-tests, hypotheses and degrees of freedom of lmerTest and pbkrtest on tightly converged fits.
# Run in this folder:  Rscript anova.R
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})

data_folder <- file.path("..", "..", "..", "Sources", "MixedModels", "Data")
table_of <- function(name) read.csv(file.path(data_folder, paste0(name, ".csv")), stringsAsFactors = TRUE)

# Converged far beyond lmer's defaults, so that what follows from theta agrees to rounding.
tight <- function(formula, data, ...) {
  loose <- suppressMessages(suppressWarnings(lme4::lmer(formula, data, ...,
    control = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
      optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5)))))
  devfun <- suppressMessages(suppressWarnings(lme4::lmer(formula, data, ..., devFunOnly = TRUE)))
  theta <- getME(loose, "theta")
  # Newton steps with numerical derivatives, for regular optima only.
  if (all(abs(theta) > 1e-4)) for (step in 1:4) {
    gradient <- numDeriv::grad(devfun, theta)
    hessian <- numDeriv::hessian(devfun, theta)
    change <- tryCatch(solve(hessian, gradient), error = function(e) 0 * theta)
    if (all(is.finite(change)) && max(abs(change)) < 1e-3) theta <- theta - change
  }
  devfun(theta)
  fitted <- suppressMessages(suppressWarnings(lme4::lmer(formula, data, ..., start = theta,
    control = lmerControl(optimizer = NULL, calc.derivs = FALSE))))
  suppressWarnings(suppressMessages(as_lmerModLmerTest(fitted)))
}
rows <- function(m) if (is.null(dim(m)) || nrow(m) == 0) list() else
  lapply(seq_len(nrow(m)), function(i) unname(as.numeric(m[i, ])))
aov_rows <- function(table) lapply(seq_len(nrow(table)), function(i) list(term = rownames(table)[i],
  sumsq = table[i, "Sum Sq"], meansq = table[i, "Mean Sq"], NumDF = table[i, "NumDF"], DenDF = table[i, "DenDF"],
  statistic = table[i, "F value"], p = table[i, "Pr(>F)"]))
hypotheses <- function(model, type) {
  shown <- suppressMessages(show_tests(anova(model, type = type)))
  lapply(names(shown), function(name) list(term = name, rows = rows(shown[[name]])))
}
