# Writes reduced-contrasts.json: lmerTest's hypotheses of type III and their F-tests where contrasts have fewer columns than
# levels less one, on the tables of anova.json.
# Run in this folder:  Rscript reduced-contrasts.R
suppressMessages({library(lme4); library(lmerTest); library(jsonlite)})
# lmerTest rounds its matrices to so many digits.
options(digits = 15)

tables <- lapply(fromJSON("anova.json")$tables, function(text) {
  d <- read.csv(text = text)
  for (v in c("a", "b", "c", "g", "h")) d[[v]] <- factor(d[[v]])
  d
})
tight <- function(formula, data, contrasts) {
  environment(formula) <- environment()
  control <- function(...) lmerControl(check.rankX = "silent.drop.cols", calc.derivs = FALSE, ...)
  loose <- lme4::lmer(formula, data, contrasts = contrasts,
    control = control(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5)))
  devfun <- lme4::lmer(formula, data, contrasts = contrasts, control = control(), devFunOnly = TRUE)
  theta <- getME(loose, "theta")
  for (step in 1:4) theta <- theta - solve(numDeriv::hessian(devfun, theta), numDeriv::grad(devfun, theta))
  as_lmerModLmerTest(lme4::lmer(formula, data, contrasts = contrasts, start = theta, control = control(optimizer = NULL)))
}
rows <- function(m) if (nrow(m) == 0) list() else lapply(seq_len(nrow(m)), function(i) I(unname(as.numeric(m[i, ]))))
case <- function(formula, file, contrasts) {
  model <- suppressMessages(suppressWarnings(tight(formula, tables[[file]], contrasts)))
  table <- suppressMessages(suppressWarnings(anova(model, type = 3)))
  shown <- suppressMessages(show_tests(table))
  list(formula = paste(deparse(formula, 500), collapse = ""), data = file,
    contrasts = lapply(contrasts, function(m) if (is.character(m)) m else rows(m)), theta = I(unname(getME(model, "theta"))),
    coefficients = length(fixef(model)),
    rows = lapply(seq_len(nrow(table)), function(i) list(term = rownames(table)[i], hypothesis = rows(shown[[i]]),
      NumDF = table[i, "NumDF"], DenDF = table[i, "DenDF"], statistic = table[i, "F value"], p = table[i, "Pr(>F)"])))
}
halves <- cbind(c(1, 1, -1, -1))
two <- cbind(c(-1, 0, 0, 1), c(1, -1, -1, 1))
line <- cbind(c(-1, 0, 1))
cases <- list(
  case(y ~ a + b + (1 | g), "full", list(b = halves)),
  case(y ~ a * b + (1 | g), "full", list(b = halves)),
  case(y ~ a * b + (1 | g), "full", list(a = "contr.sum", b = two)),
  case(y ~ a * b * c + (1 | g), "full", list(a = line, b = two)),
  case(y ~ a * x + b + (1 | g), "full", list(a = line)),
  case(y ~ a * b * x + (1 | g), "full", list(a = line, b = halves)),
  case(y ~ a * b + (1 | g), "gaps", list(b = halves)),
  case(y ~ a * b + c + z + (1 | g), "gaps", list(a = line, c = "contr.sum")))
versions <- sapply(c("lme4", "lmerTest"), function(p) as.character(packageVersion(p)))
writeLines(toJSON(list(R = as.character(getRversion()), versions = as.list(versions), cases = cases), auto_unbox = TRUE,
  digits = 14, na = "null", null = "null"), "reduced-contrasts.json")
