# Reference results for the bundled data sets, converged as far as double precision allows.
#
# The default optimiser of lmer stops with theta up to 1e-3 off, which says nothing about the digits that an exact
# method should have. Here bobyqa goes on from its own answer with ever smaller trust regions; of the optima found, the
# one with the lowest criterion is kept. Run in this folder: Rscript reference.R (R 4.2.2; versions are in each file).
suppressMessages({library(lme4); library(lmerTest); library(performance); library(jsonlite)})
options(warn = -1)
versions <- sapply(c("lme4","lmerTest","performance"), function(p) as.character(packageVersion(p)))
put <- function(name, x) { x$name <- name; x$reference <- as.list(versions)
  writeLines(toJSON(x, auto_unbox = TRUE, digits = 15, na = "null", pretty = TRUE, dataframe = "rows"), paste0(name, ".json")) }
frame <- function(m) { m <- as.data.frame(m); cbind(term = rownames(m), m, row.names = NULL) }
vc <- function(fit) { v <- as.data.frame(VarCorr(fit)); v[, c("grp","var1","var2","vcov","sdcor")] }
re <- function(fit, n = 6) lapply(ranef(fit, condVar = TRUE), function(b) { pv <- attr(b, "postVar")
  k <- seq_len(min(n, nrow(b))); list(level = rownames(b)[k], mode = as.list(b[k, , drop = FALSE]),
  condsd = lapply(seq_len(ncol(b)), function(j) if (is.array(pv)) sqrt(pv[j, j, k]) else NULL)) })
tight <- function(formula, data, REML) {
  best <- NULL
  start <- NULL
  for (radius in c(NA, 1e-1, 1e-2, 1e-3, 1e-4)) {
    control <- if (is.na(radius)) lmerControl(calc.derivs = FALSE) else
      lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhobeg = radius, rhoend = 1e-13, maxfun = 20000))
    fit <- suppressMessages(suppressWarnings(lmerTest::lmer(formula, data, REML = REML, start = start, control = control)))
    value <- if (REML) REMLcrit(fit) else deviance(fit, REML = FALSE)
    if (is.null(best) || value <= best$value) best <- list(value = value, fit = fit)
    start <- getME(best$fit, "theta")
  }
  best$fit
}
lmm <- function(name, formula, data, file, REML = TRUE) {
  fit <- tight(formula, data, REML)
  out <- list(kind = "linear mixed model", data = file, formula = paste(deparse(formula, 500), collapse = ""), reml = REML,
    nobs = nobs(fit), groups = as.list(sapply(ranef(fit), nrow)), criterion = if (REML) REMLcrit(fit) else deviance(fit, REML = FALSE),
    logLik = as.numeric(logLik(fit)), AIC = AIC(fit), BIC = BIC(fit), sigma = sigma(fit), theta = getME(fit, "theta"),
    singular = isSingular(fit, tol = 1e-4), coefficients = frame(coef(summary(fit))), vcov = as.matrix(vcov(fit)),
    varcorr = vc(fit), ranef = re(fit), fitted_head = head(unname(fitted(fit)), 6), population_head = head(unname(predict(fit, re.form = NA)), 6))
  p <- try(suppressWarnings(model_performance(fit)), silent = TRUE); if (!inherits(p, "try-error")) out$performance <- as.list(as.data.frame(p))
  put(name, out); cat(name, format(out$criterion, digits = 15), "\n") }

data(sleepstudy, package = "lme4"); data(InstEval, package = "lme4"); data(ham, package = "lmerTest")
data(Orthodont, package = "nlme"); Orthodont <- as.data.frame(Orthodont); Orthodont$Subject <- as.character(Orthodont$Subject)
data(Oats, package = "nlme"); Oats <- as.data.frame(Oats); Oats$Block <- as.character(Oats$Block)
pooled <- rbind(sleepstudy, data.frame(Days = 0:1, Reaction = c(286, 288), Subject = "374"), data.frame(Days = 0, Reaction = 245, Subject = "373"))
lmm("pooling-partial", Reaction ~ Days + (1 + Days | Subject), pooled, "standard/sleepstudy_pooling.csv")
lmm("pooling-none", Reaction ~ 0 + (Days | Subject), pooled, "standard/sleepstudy_pooling.csv")
lmm("sleepstudy-slope", Reaction ~ Days + (Days | Subject), sleepstudy, "standard/sleepstudy.csv")
lmm("sleepstudy-slope-ml", Reaction ~ Days + (Days | Subject), sleepstudy, "standard/sleepstudy.csv", REML = FALSE)
lmm("sleepstudy-uncorrelated", Reaction ~ Days + (Days || Subject), sleepstudy, "standard/sleepstudy.csv")
lmm("dyestuff", Yield ~ 1 + (1 | Batch), Dyestuff, "standard/dyestuff.csv")
lmm("dyestuff2-singular", Yield ~ 1 + (1 | Batch), Dyestuff2, "standard/dyestuff2.csv")
lmm("penicillin-crossed", diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin, "standard/penicillin.csv")
lmm("cake-interaction", angle ~ recipe * temperature + (1 | recipe:replicate), cake, "standard/cake.csv")
lmm("oats-split-plot", yield ~ nitro * Variety + (1 | Block/Variety), Oats, "standard/oats.csv")
lmm("orthodont", distance ~ age * Sex + (age | Subject), Orthodont, "standard/orthodont.csv")
lmm("ham-crossed", Informed.liking ~ Product * Information + (1 | Consumer) + (1 | Consumer:Product), ham, "standard/ham.csv")
lmm("insteval", y ~ service + (1 | s) + (1 | d) + (1 | dept), InstEval, "standard/insteval.csv")
lmm("insteval-nested", y ~ 1 + service + (1 | s) + (1 | d) + (1 | dept:service), InstEval, "standard/insteval.csv")
