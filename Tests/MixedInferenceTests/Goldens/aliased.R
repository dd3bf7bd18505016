# Writes aliased.csv and aliased.json: models without an intercept in which a level of a factor, or a number in front of it,
# is a combination of other columns. Run in this folder:  Rscript aliased.R
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})
set.seed(20)
n <- 60
f <- factor(rep(c("a", "b", "c"), length.out = n))
g <- factor(sprintf("g%02d", (seq_len(n) * 7) %% 10))
h <- factor(rep(c("p", "q"), each = 5, length.out = n))
z <- round(rnorm(n, 20, 3), 3)
x <- as.integer(f)
d <- data.frame(f, g, h, z, x, x2 = x + 3, k = 5, w = round(runif(n, 0.5, 3), 2))
d$y <- round(400 + 3 * x + 0.7 * z + 4 * (h == "q") + rnorm(10, sd = 2)[as.integer(g)] + rnorm(n) / sqrt(d$w), 3)
d <- d[-c(3, 10, 11, 28), ]
write.csv(d, "aliased.csv", row.names = FALSE, quote = FALSE)

tight <- function(formula, weights, method) {
  environment(formula) <- environment()
  prior_weight <- if (weights) d$w else rep(1, nrow(d))
  d$prior_weight <- prior_weight
  REML <- method == "REML"
  fit <- suppressMessages(suppressWarnings(lme4::lmer(formula, d, weights = prior_weight, REML = REML,
    control = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhobeg = 0.2, rhoend = 1e-11)))))
  devfun <- suppressMessages(lme4::lmer(formula, d, weights = prior_weight, REML = REML, devFunOnly = TRUE))
  theta <- getME(fit, "theta")
  for (step in 1:4) theta <- theta - solve(numDeriv::hessian(devfun, theta), numDeriv::grad(devfun, theta))
  devfun(theta)
  suppressMessages(suppressWarnings(lme4::lmer(formula, d, weights = prior_weight, REML = REML, start = theta,
    control = lmerControl(optimizer = NULL, calc.derivs = FALSE))))
}
columns <- function(matrix) I(unname(as.numeric(matrix)))
linear <- function(text, weights = FALSE) {
  m <- lm(as.formula(text), d, weights = if (weights) d$w else NULL)
  s <- summary(m)$coefficients
  list(formula = text, weights = weights, method = "ML", names = I(rownames(s)), estimates = I(unname(s[, 1])),
    errors = I(unname(s[, 2])), covariance = columns(vcov(m, complete = FALSE)), criterion = -2 * as.numeric(logLik(m)),
    fitted = I(unname(fitted(m))), satterthwaite = I(rep(df.residual(m), nrow(s))))
}
mixed <- function(text, method = "REML", weights = FALSE) {
  m <- tight(as.formula(text), weights, method)
  test <- suppressWarnings(suppressMessages(as_lmerModLmerTest(m)))
  s <- summary(test)$coefficients
  result <- list(formula = text, weights = weights, method = method, names = I(rownames(s)), estimates = I(unname(s[, 1])),
    errors = I(unname(s[, 2])), covariance = columns(as.matrix(vcov(m))),
    criterion = if (method == "REML") REMLcrit(m) else deviance(m), fitted = I(unname(fitted(m))),
    satterthwaite = I(unname(s[, "df"])))
  if (method == "REML" && !weights) {
    kr <- summary(test, ddf = "Kenward-Roger")$coefficients
    result$kenwardRoger <- I(unname(kr[, "df"]))
    result$adjusted <- columns(as.matrix(vcovAdj(m)))
  }
  result
}
cases <- list(
  linear("y ~ 0 + x + f"), linear("y ~ 0 + x + f + z"), linear("y ~ 0 + k + f"), linear("y ~ 0 + x + x2 + f"),
  linear("y ~ 0 + k + x + f + h + z", TRUE), linear("y ~ 0 + z + x + f:h"), linear("y ~ 0 + x + f + f:z"),
  mixed("y ~ 0 + x + f + (1 | g)"), mixed("y ~ 0 + x + f + z + (1 | g)", "ML"), mixed("y ~ 0 + k + f + h + (1 | g)"),
  mixed("y ~ 0 + z + x + x2 + f + h + (1 | g)"), mixed("y ~ 0 + x + z + f + (1 | g)", weights = TRUE))
write_json(list(packages = list(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")),
  lmerTest = as.character(packageVersion("lmerTest")), pbkrtest = as.character(packageVersion("pbkrtest"))),
  cases = cases), "aliased.json", auto_unbox = TRUE, digits = NA, pretty = FALSE)
for (case in cases) cat(case$formula, ":", case$names, "\n", format(case$estimates, digits = 4), "\n")
