# Likelihood-ratio tests by parametric bootstrap: pbkrtest::PBmodcomp, 2000 replicates each.
suppressMessages({library(pbkrtest); library(lme4); library(jsonlite)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-8), check.conv.singular = "ignore",
                     check.conv.grad = "ignore", calc.derivs = FALSE)
# The call must name the data, because PBmodcomp evaluates it again.
fit <- function(formula, name) eval(bquote(lmer(.(as.formula(formula)), .(as.name(name)), REML = FALSE, control = tight)))
cases <- list(
  slope = list(data = "sleepstudy", larger = "Reaction ~ Days + I(Days^2) + (Days | Subject)",
               smaller = "Reaction ~ Days + (Days | Subject)", name = "sleepstudy"),
  treatment = list(data = "penicillin", larger = "diameter ~ 1 + (1 | plate) + (1 | sample)",
                   smaller = "diameter ~ 1 + (1 | plate)", name = "Penicillin"),
  cake = list(data = "cake", larger = "angle ~ recipe + temp + (1 | recipe:replicate)",
              smaller = "angle ~ temp + (1 | recipe:replicate)", name = "cake"))
result <- lapply(cases, function(x) {
  larger <- fit(x$larger, x$name)
  smaller <- fit(x$smaller, x$name)
  set.seed(3)
  test <- suppressWarnings(PBmodcomp(larger, smaller, nsim = 2000))
  ref <- as.numeric(test$ref)
  list(data = x$data, larger = x$larger, smaller = x$smaller, statistic = test$test["LRT", "stat"],
       p = test$test["PBtest", "p.value"], asymptotic = test$test["LRT", "p.value"],
       quantiles = as.numeric(quantile(pmax(ref, 0), c(0.5, 0.75, 0.9, 0.95), type = 6)), used = length(ref))
})
write_json(list(versions = list(R = as.character(getRversion()), pbkrtest = as.character(packageVersion("pbkrtest")),
                                lme4 = as.character(packageVersion("lme4"))), cases = result),
           "bootstrap-comparison.json", digits = NA, auto_unbox = TRUE)
