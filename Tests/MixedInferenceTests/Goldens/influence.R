# Leave-one-group-out influence, hat values and cluster-robust covariance from lme4 and clubSandwich.
# Writes influence.json. Refits are converged far beyond lme4's defaults, which influence() itself would use.
suppressMessages({library(lme4); library(clubSandwich); library(jsonlite)})
bundled <- function(name) read.csv(file.path("../../../Sources/MixedModels/Data", name), stringsAsFactors = FALSE)
sleep <- bundled("sleepstudy.csv"); sleep$Subject <- factor(sleep$Subject)
uneven <- sleep[-c(1:4, 15, 37:41, 100, 113:117), ]
oats <- bundled("oats.csv")[-c(1, 2, 3, 20, 33, 40, 41), ]
for (v in c("Block", "Variety")) oats[[v]] <- factor(oats[[v]])
penicillin <- bundled("penicillin.csv")[-c(2, 9, 10, 77, 80), ]
for (v in c("plate", "sample")) penicillin[[v]] <- factor(penicillin[[v]])
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
                     optCtrl = list(rhobeg = 0.02, rhoend = 1e-10, maxfun = 1e5),
                     check.conv.singular = "ignore")
fit <- function(formula, data, start = NULL) {
  m <- lmer(formula, data, control = tight)
  for (i in 1:3) m <- lmer(formula, data, control = tight, start = getME(m, "theta"))
  m
}
# Dense generalized least squares without a group, theta held.
deletions <- function(m, by) {
  X <- getME(m, "X"); y <- getME(m, "y"); Z <- getME(m, "Z"); L <- getME(m, "Lambdat")
  V <- as.matrix(diag(nrow(X)) + crossprod(L %*% t(Z)))
  s2 <- sigma(m)^2; p <- ncol(X)
  M <- solve(t(X) %*% solve(V, X)); b <- M %*% t(X) %*% solve(V, y); H <- X %*% M %*% t(X) %*% solve(V)
  out <- lapply(levels(by), function(g) {
    k <- by != g
    Vk <- V[k, k]; Mk <- solve(t(X[k, ]) %*% solve(Vk, X[k, ]))
    d <- as.vector(b - Mk %*% t(X[k, ]) %*% solve(Vk, y[k]))
    list(level = g, change = d, standardized = d / sqrt(s2 * diag(Mk)),
         cooks = as.numeric(t(d) %*% solve(M, d)) / (p * s2), mdffits = as.numeric(t(d) %*% solve(Mk, d)) / (p * s2),
         covratio = det(Mk) / det(M), covtrace = abs(sum(diag(solve(M, Mk))) - p), leverage = sum(diag(H)[!k]))
  })
  out
}
refits <- function(m, by, data) {
  vc <- function(m) c(unlist(lapply(VarCorr(m), function(v) v[lower.tri(v, diag = TRUE)])), sigma(m)^2)
  full <- vc(m); b <- fixef(m); V <- as.matrix(vcov(m))
  lapply(levels(by), function(g) {
    part <- droplevels(data[by != g, ])
    w <- fit(formula(m), part)
    d <- unname(b - fixef(w))
    list(level = g, change = d, standardized = unname(d / sqrt(diag(as.matrix(vcov(w))))),
         cooks = as.numeric(t(d) %*% solve(V, d)) / length(d), variances = unname(vc(w) / full - 1))
  })
}
robust <- function(m, cluster, types = c("CR0", "CR1", "CR1p", "CR1S", "CR2", "CR3"), ...) {
  lapply(setNames(types, types), function(type) {
    v <- vcovCR(m, cluster = cluster, type = type, ...)
    t <- coef_test(m, v)
    p <- length(t$beta)
    w <- if (p > 2) Wald_test(m, diag(p)[2:3, ], v) else Wald_test(m, diag(p), v)
    list(covariance = as.vector(as.matrix(v)), se = t$SE, df = t$df_Satt, p = t$p_Satt,
         F = if (is.null(w)) NA else w$Fstat, Fdf = if (is.null(w)) NA else w$df_denom)
  })
}
slopes <- fit(Reaction ~ Days + (1 + Days | Subject), sleep)
short <- fit(Reaction ~ Days + I(Days^2) + (1 + Days | Subject), uneven)
nested <- fit(yield ~ nitro + Variety + (1 | Block/Variety), oats)
crossed <- fit(diameter ~ 1 + (1 | plate) + (1 | sample), penicillin)
linear <- lm(yield ~ nitro + Variety, oats)
oats$w <- 1 + oats$nitro
weighted <- lm(yield ~ nitro + Variety, oats, weights = w)
# CR2 depends on the scale of the rows: ours is that of rows multiplied by the roots of their weights.
scaled <- lm(I(yield * sqrt(w)) ~ 0 + I(model.matrix(weighted) * sqrt(w)), oats)
# lme4's own influence(), with its own convergence, and the factor (J - p)/J that its Cook's distance has.
own <- influence(lmer(Reaction ~ Days + (1 + Days | Subject), sleep), "Subject")
result <- list(
  versions = list(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")),
                  clubSandwich = as.character(packageVersion("clubSandwich"))),
  deletions = list(slopes = deletions(slopes, sleep$Subject), short = deletions(short, uneven$Subject), nested = deletions(nested, oats$Block),
                   crossed = deletions(crossed, penicillin$plate), sample = deletions(crossed, penicillin$sample)),
  refits = list(slopes = refits(slopes, sleep$Subject, sleep), nested = refits(nested, oats$Block, oats),
                crossed = refits(crossed, penicillin$sample, penicillin)),
  lme4 = list(level = rownames(dfbeta(own)), change = unname(t(dfbeta(own))), cooks = unname(cooks.distance(own))),
  hat = list(slopes = unname(hatvalues(slopes)), nested = unname(hatvalues(nested)),
             crossed = unname(hatvalues(crossed))),
  cooksRows = unname(cooks.distance(slopes)),
  robust = list(slopes = robust(short, uneven$Subject), nested = robust(nested, oats$Block),
                linear = robust(linear, oats$Block), weighted = c(robust(weighted, oats$Block, c("CR0", "CR3"), inverse_var = TRUE),
                             robust(scaled, oats$Block, "CR2"))))
write_json(result, "influence.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
