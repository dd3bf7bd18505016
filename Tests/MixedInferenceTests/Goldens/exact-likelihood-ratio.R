# Tails of RLRsim's null distributions of (restricted) likelihood ratios. Writes exact-likelihood-ratio.json.
suppressMessages({library(lme4); library(RLRsim); library(jsonlite)})
data(Dyestuff); data(sleepstudy)
draws <- 200000
sleep <- sleepstudy[-c(1:7, 20:24, 31:32, 55:58, 101:108, 150), ]
sleep$wave <- sin(seq_len(nrow(sleep)))
write.csv(sleep, "unbalanced-sleep.csv", row.names = FALSE, quote = FALSE)
case <- function(name, data, formula, restricted, statistics) {
  m <- lmer(as.formula(formula), get(data), REML = restricted)
  X <- getME(m, "X"); Z <- as.matrix(getME(m, "Z"))
  set.seed(42)
  # A finer grid than the default of 200 points, of which the maxima fall short.
  sample <- if (restricted) RLRTSim(X, Z, qr(X), diag(ncol(Z)), nsim = draws, gridlength = 1000)
            else LRTSim(X, Z, 0, diag(ncol(Z)), nsim = draws, gridlength = 1000)
  list(name = name, data = data, formula = formula, restricted = restricted, statistics = statistics,
       p = sapply(statistics, function(s) mean(sample > s)))
}
cases <- list(
  case("dyestuff", "Dyestuff", "Yield ~ 1 + (1 | Batch)", TRUE, c(0.1, 1, 2.5, 5)),
  case("sleepstudy", "sleepstudy", "Reaction ~ Days + (1 | Subject)", TRUE, c(0.1, 1, 2.5, 5)),
  case("unbalanced", "sleep", "Reaction ~ Days + wave + (1 | Subject)", TRUE, c(0.05, 1, 2.5, 5)),
  case("unbalanced slope", "sleep", "Reaction ~ Days + (0 + Days | Subject)", TRUE, c(0.05, 1, 2.5, 5)),
  case("unbalanced, ML", "sleep", "Reaction ~ Days + wave + (1 | Subject)", FALSE, c(0.05, 1, 2.5, 5)),
  case("dyestuff, ML", "Dyestuff", "Yield ~ 1 + (1 | Batch)", FALSE, c(0.1, 1, 2.5)))
m <- lmer(Yield ~ 1 + (1 | Batch), Dyestuff)
set.seed(1); r <- exactRLRT(m, nsim = draws, gridlength = 1000)
write_json(list(versions = list(R = as.character(getRversion()), RLRsim = as.character(packageVersion("RLRsim")),
                                lme4 = as.character(packageVersion("lme4"))),
                draws = draws, cases = cases, dyestuff = list(statistic = unname(r$statistic), p = unname(r$p.value))),
           "exact-likelihood-ratio.json", digits = NA, auto_unbox = TRUE)
