# Adjusted p-values and critical values of emmeans, with the t statistics they come from. Writes multiplicity.json.
suppressMessages({library(emmeans); library(lme4); library(jsonlite)})
set.seed(1)
pairsOf <- function(name, contrasts, means, alternative = "two-sided") {
  side <- c("two-sided" = "two.sided", greater = ">", less = "<")[[alternative]]
  plain <- summary(contrasts, infer = TRUE, adjust = "none", side = side)
  V <- vcov(contrasts)
  L <- contrasts@linfct
  adjust <- c("none", "bonferroni", "holm", "sidak", "fdr", "scheffe", "mvt", if (!is.null(means)) "tukey")
  out <- lapply(setNames(adjust, adjust), function(a) {
    s <- suppressMessages(summary(contrasts, infer = TRUE, adjust = a, side = side, level = 0.95))
    lower <- s[[grep("lower|LCL", names(s))]]
    upper <- s[[grep("upper|UCL", names(s))]]
    critical <- if (side == "<") (upper - s$estimate) / s$SE else (s$estimate - lower) / s$SE
    list(p = s$p.value, critical = critical)
  })
  ratio <- names(plain)[grep("ratio", names(plain))]
  list(name = name, statistic = plain[[ratio]], df = ifelse(is.infinite(plain$df), 1e300, plain$df),
       correlation = as.vector(cov2cor(V)), means = means, rank = qr(L)$rank, alternative = alternative, adjusted = out)
}
w <- lm(breaks ~ wool + tension, warpbreaks)
w4 <- lm(weight ~ feed, chickwts)
o <- lmer(yield ~ Variety + nitro + (1 | Block / Variety), data = transform(nlme::Oats, nitro = factor(nitro), Variety = factor(Variety, ordered = FALSE)))
emw <- emmeans(w, "tension"); emc <- emmeans(w4, "feed"); emo <- emmeans(o, "nitro", lmer.df = "satterthwaite")
emz <- emmeans(o, "nitro", lmer.df = "asymptotic")
cases <- list(
  pairsOf("tension pairs", pairs(emw), 3), pairsOf("feed pairs", pairs(emc), 6),
  pairsOf("feed against casein", contrast(emc, "trt.vs.ctrl"), NULL), pairsOf("nitro pairs", pairs(emo), 4),
  pairsOf("nitro pairs, normal", pairs(emz), 4), pairsOf("nitro consecutive", contrast(emo, "consec"), NULL),
  pairsOf("feed greater", contrast(emc, "trt.vs.ctrl"), NULL, "greater"),
  pairsOf("feed less", contrast(emc, "trt.vs.ctrl"), NULL, "less"))
write_json(list(versions = list(R = as.character(getRversion()), emmeans = as.character(packageVersion("emmeans")),
                                mvtnorm = as.character(packageVersion("mvtnorm"))), cases = cases),
           "multiplicity.json", digits = NA, auto_unbox = TRUE, null = "null", na = "null", pretty = FALSE)
