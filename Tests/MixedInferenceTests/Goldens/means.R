# Marginal means, contrasts, slopes and adjusted predictions of emmeans and ggeffects, for the tests of MarginalMeans.
# Run in this folder: Rscript means.R
suppressMessages({library(lme4); library(lmerTest); library(emmeans); library(ggeffects); library(jsonlite)})
data_dir <- "../../../Sources/MixedModels/Data"
# emmeans finds the data again by the name in the call.
tight <- function(formula, data) {
  current_data <<- data
  start <- suppressMessages(lmerTest::lmer(formula, data))
  suppressWarnings(suppressMessages(do.call(lmerTest::lmer, list(formula, quote(current_data),
    start = getME(start, "theta"), control = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
      optCtrl = list(rhobeg = 2e-3, rhoend = 1e-11, maxfun = 1e5))))))
}
rows <- function(x) { x <- as.data.frame(x); for (n in names(x)) if (is.factor(x[[n]])) x[[n]] <- as.character(x[[n]]); x }
out <- list()
put <- function(name, ...) out[[name]] <<- list(...)

# Split plot with a factor of numbers.
oats <- read.csv(file.path(data_dir, "oats.csv"))
oats$Block <- factor(oats$Block)
m <- tight(yield ~ factor(nitro) + Variety + (1 | Block/Variety), oats)
for (df in c("satterthwaite", "kenward-roger")) {
  emm_options(lmer.df = df)
  nitro <- emmeans(m, ~ nitro); variety <- emmeans(m, ~ Variety)
  put(paste0("oats-", df), nitro = rows(nitro), variety = rows(variety),
    pairs = rows(summary(pairs(variety), infer = TRUE)),
    control = rows(summary(contrast(nitro, "trt.vs.ctrl", adjust = "none"), infer = TRUE)),
    consecutive = rows(summary(contrast(nitro, "consec", adjust = "holm"), infer = TRUE)),
    poly = rows(summary(contrast(nitro, "poly"), infer = TRUE)),
    scheffe = rows(summary(pairs(nitro), adjust = "scheffe", infer = TRUE)),
    sidak = rows(summary(pairs(nitro), adjust = "sidak", infer = TRUE)),
    bonferroni = rows(summary(pairs(nitro), adjust = "bonferroni", infer = TRUE)),
    fdr = rows(summary(pairs(nitro), adjust = "fdr", infer = TRUE)),
    tukey = rows(summary(pairs(nitro), infer = TRUE)),
    custom = rows(summary(contrast(nitro, list(rest = c(-3, 1, 1, 1) / 3, total = c(1, 1, 1, 1))), infer = TRUE)))
}
emm_options(lmer.df = "satterthwaite")
set.seed(1)
nitro <- emmeans(m, ~ nitro)
put("oats-mvt", control = rows(contrast(nitro, "trt.vs.ctrl", adjust = "mvt")),
  consecutive = rows(contrast(nitro, "consec", adjust = "mvt")))

# Interaction within groups.
cake <- read.csv(file.path(data_dir, "cake.csv"))
cake$recipe <- factor(cake$recipe); cake$temperature <- factor(cake$temperature)
m <- tight(angle ~ recipe * temperature + (1 | recipe:replicate), cake)
put("cake", by = rows(summary(pairs(emmeans(m, ~ recipe | temperature)), infer = TRUE)),
  joint = rows(joint_tests(m)), joint_by = rows(joint_tests(m, by = "temperature")),
  overall = rows(emmeans(m, ~ 1)))

# Slopes.
orthodont <- read.csv(file.path(data_dir, "orthodont.csv"))
orthodont$Sex <- factor(orthodont$Sex, levels = c("Male", "Female")); orthodont$Subject <- factor(orthodont$Subject)
m <- tight(distance ~ age * Sex + (age | Subject), orthodont)
tr <- emtrends(m, ~ Sex, var = "age")
put("orthodont", trends = rows(tr), pairs = rows(summary(pairs(tr), infer = TRUE)),
  at = rows(emmeans(m, ~ Sex | age, at = list(age = c(8, 14)))))
m <- tight(distance ~ poly(age, 2) * Sex + (1 | Subject), orthodont)
put("orthodont-poly", trends = rows(emtrends(m, ~ Sex | age, var = "age", at = list(age = c(9, 13)), delta.var = 1e-5)))

# Unbalanced, with an empty cell, a number with two values, and a logarithm of the response.
lcg <- local({ s <- 12345; function(n) sapply(seq_len(n), function(i) { s <<- (s * 16807) %% 2147483647; s / 2147483647 }) })
n <- 240
u <- matrix(lcg(n * 6), n)
d <- data.frame(g = sprintf("g%02d", 1 + floor(u[, 1] * 12)), a = c("a1", "a2", "a3")[1 + (u[, 2] > 0.5) + (u[, 2] > 0.8)],
  b = c("b1", "b2")[1 + (u[, 3] > 0.6)], two = ifelse(u[, 4] > 0.7, 5, 2), x = round(10 * u[, 5], 3))
d <- d[!(d$a == "a3" & d$b == "b2"), ]
d$y <- with(d, round(exp(1 + 0.2 * (a == "a2") + 0.1 * (b == "b2") * (a == "a2") + 0.05 * x + 0.04 * two +
  0.3 * sin(as.integer(factor(g))) + 0.4 * (u[as.integer(rownames(d)), 6] - 0.5)), 4))
write.csv(d, "means-unbalanced.csv", row.names = FALSE, quote = FALSE)
m <- tight(y ~ a * b + x + two + (1 | g), d)
rg <- suppressMessages(ref_grid(m))
put("unbalanced", grid = rows(as.data.frame(rg@grid)),
  ab = rows(suppressMessages(emmeans(m, ~ a * b, nesting = NULL))),
  a = rows(suppressMessages(emmeans(ref_grid(m, nesting = NULL), ~ a))),
  b_pairs = rows(suppressMessages(summary(pairs(emmeans(ref_grid(m, nesting = NULL), ~ a | b), adjust = "none")))),
  cells = rows(suppressMessages(emmeans(ref_grid(m, nesting = NULL), ~ a, weights = "cells"))),
  b_cells = rows(suppressMessages(emmeans(ref_grid(m, nesting = NULL), ~ b, weights = "cells"))))
m <- tight(y ~ a + b + x + (1 | g), d)
put("additive", equal = rows(suppressMessages(emmeans(m, ~ a))),
  proportional = rows(suppressMessages(emmeans(m, ~ a, weights = "proportional"))),
  outer = rows(suppressMessages(emmeans(m, ~ x, weights = "outer"))),
  prop_x = rows(suppressMessages(emmeans(m, ~ x, weights = "proportional"))),
  cells = rows(suppressMessages(emmeans(m, ~ a, weights = "cells"))),
  cells_b = rows(suppressMessages(emmeans(m, ~ b, weights = "cells"))))
m <- tight(log(y) ~ a + b + x + (1 | g), d)
s <- sqrt(sigma(m)^2 + as.numeric(VarCorr(m)$g))
put("log", sigma = sigma(m), total = s,
  response = rows(suppressMessages(summary(emmeans(m, ~ a), type = "response"))),
  adjusted = rows(suppressMessages(summary(emmeans(m, ~ a), type = "response", bias.adjust = TRUE, sigma = s))),
  ratios = rows(suppressMessages(summary(pairs(emmeans(m, ~ a)), type = "response", infer = TRUE))))
m <- tight(sqrt(y) ~ a + b + x + (1 | g), d)
put("sqrt", response = rows(suppressMessages(summary(emmeans(m, ~ a), type = "response"))),
  adjusted = rows(suppressMessages(summary(emmeans(m, ~ a), type = "response", bias.adjust = TRUE))))
m <- tight(y ~ a * log(x + 1) + two + (1 | g), d)
put("log-x", means = rows(suppressMessages(emmeans(m, ~ a | x, at = list(x = c(1, 5))))),
  trends = rows(suppressMessages(emtrends(m, ~ a | x, var = "x", at = list(x = c(1, 5)), delta.var = 1e-6))),
  joint = rows(suppressMessages(joint_tests(m))))

# Adjusted predictions.
predictions <- function(m, terms, ...) { p <- suppressMessages(ggpredict(m, terms, verbose = FALSE, ...))
  p <- as.data.frame(p); for (n in names(p)) if (is.factor(p[[n]])) p[[n]] <- as.character(p[[n]]); p }
m <- tight(y ~ a * x + b + two + (1 | g), d)
put("ggpredict", x = predictions(m, "x"), steps = predictions(m, c("x [0:10 by=2.5]", "a")),
  a = predictions(m, "a"), three = predictions(m, c("a", "x", "b")), meansd = predictions(m, c("x [meansd]")))
put("pretty", cases = lapply(list(c(0, 1), c(0.013, 9.87), c(-3, 12), c(100, 5000), c(2, 90), c(-5, 7), c(12345, 12399)),
  function(r) { x <- seq(r[1], r[2], length.out = 301); list(range = r, pretty = I(pretty(r, 7)), values = I(ggeffects::pretty_range(x))) }))

out$versions <- sapply(c("lme4", "lmerTest", "pbkrtest", "emmeans", "ggeffects", "estimability"), function(p) as.character(packageVersion(p)))
out$versions <- as.list(out$versions)
writeLines(toJSON(out, auto_unbox = TRUE, digits = 12, na = "null", dataframe = "rows"), "means.json")
