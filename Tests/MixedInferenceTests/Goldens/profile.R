# Profile-likelihood intervals of lme4 with fine profiles, so that its interpolation error is small.
# Run in this folder: Rscript profile.R   (writes profile.json)
suppressMessages({library(lme4); library(jsonlite)})
data(Orthodont, package = "nlme"); Orthodont <- as.data.frame(Orthodont)
Orthodont$Subject <- factor(as.character(Orthodont$Subject)); Orthodont$Sex <- factor(Orthodont$Sex, levels = c("Male", "Female"))
data(sleepstudy)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-10, maxfun = 1e6), calc.derivs = FALSE,
  check.conv.singular = "ignore")
cases <- list()
add <- function(data, file, formula, level = 0.95) {
  d <- get(data); fit <- lmer(as.formula(formula), d, REML = FALSE, control = tight)
  p <- suppressWarnings(profile(fit, delta = 0.15, prof.scale = "sdcor", signames = FALSE, devtol = 1e-6))
  ci <- suppressWarnings(confint(p, level = level))
  cases[[length(cases) + 1]] <<- list(data = file, formula = formula, level = level,
    rows = lapply(seq_len(nrow(ci)), function(i) list(term = rownames(ci)[i], lower = ci[i, 1], upper = ci[i, 2]))) }
s <- "standard/sleepstudy.csv"
add("sleepstudy", s, "Reaction ~ Days + (Days | Subject)")
add("sleepstudy", s, "Reaction ~ Days + (Days | Subject)", 0.8)
add("sleepstudy", s, "Reaction ~ Days + (Days || Subject)")
add("sleepstudy", s, "Reaction ~ Days + (1 | Subject)", 0.99)
add("Dyestuff", "standard/dyestuff.csv", "Yield ~ 1 + (1 | Batch)")
add("Penicillin", "standard/penicillin.csv", "diameter ~ 1 + (1 | plate) + (1 | sample)")
add("Orthodont", "standard/orthodont.csv", "distance ~ age * Sex + (1 | Subject)")
try(add("Orthodont", "standard/orthodont.csv", "distance ~ age + (age | Subject)"))
try(add("Dyestuff2", "standard/dyestuff2.csv", "Yield ~ 1 + (1 | Batch)"))
versions <- sapply(c("lme4", "nlme"), function(p) as.character(packageVersion(p)))
writeLines(toJSON(list(reference = c(as.list(versions), R = R.version.string), cases = cases), auto_unbox = TRUE, digits = I(12), na = "null", pretty = TRUE), "profile.json")
