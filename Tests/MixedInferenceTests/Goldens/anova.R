# Writes anova.json: F-tests, hypotheses and degrees of freedom of lmerTest and pbkrtest on tightly converged fits.
# Run in this folder:  Rscript anova.R
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})

data_folder <- file.path("..", "..", "..", "Sources", "MixedModels", "Data")
table_of <- function(name) read.csv(file.path(data_folder, paste0(name, ".csv")), stringsAsFactors = TRUE)

# Converged far beyond lmer's defaults, so that what follows from theta agrees to rounding.
tight <- function(formula, data, weights = NULL) {
  environment(formula) <- environment()
  data$prior_weight <- if (is.null(weights)) rep(1, nrow(data)) else weights
  loose <- suppressMessages(suppressWarnings(lme4::lmer(formula, data, weights = prior_weight,
    control = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
      optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5)))))
  devfun <- suppressMessages(suppressWarnings(lme4::lmer(formula, data, weights = prior_weight, devFunOnly = TRUE)))
  theta <- getME(loose, "theta")
  # Newton steps with numerical derivatives, for regular optima only.
  if (all(abs(theta) > 1e-4)) for (step in 1:4) {
    gradient <- numDeriv::grad(devfun, theta)
    hessian <- numDeriv::hessian(devfun, theta)
    change <- tryCatch(solve(hessian, gradient), error = function(e) 0 * theta)
    if (all(is.finite(change)) && max(abs(change)) < 1e-3) theta <- theta - change
  }
  devfun(theta)
  fitted <- suppressMessages(suppressWarnings(lme4::lmer(formula, data, weights = prior_weight, start = theta,
    control = lmerControl(optimizer = NULL, calc.derivs = FALSE))))
  suppressWarnings(suppressMessages(as_lmerModLmerTest(fitted)))
}
rows <- function(m) if (is.null(dim(m)) || nrow(m) == 0) list() else
  lapply(seq_len(nrow(m)), function(i) I(unname(as.numeric(m[i, ]))))
# An empty list as an object, not an array.
named <- function(x) if (length(x)) x else setNames(list(), character())
aov_rows <- function(table) lapply(seq_len(nrow(table)), function(i) list(term = rownames(table)[i],
  sumsq = table[i, "Sum Sq"], meansq = table[i, "Mean Sq"], NumDF = table[i, "NumDF"], DenDF = table[i, "DenDF"],
  statistic = table[i, "F value"], p = table[i, "Pr(>F)"]))
hypotheses <- function(model, type) {
  # lmerTest 3.1-3 fails where all columns of a term are aliased.
  shown <- tryCatch(suppressMessages(show_tests(anova(model, type = type))), error = function(e) NULL)
  lapply(names(shown), function(name) list(term = name, rows = rows(shown[[name]])))
}
# What a test of the mean structure looks like by both methods, on one fit.
case <- function(name, formula, data, file, factors = list(), contrasts = list(), hypothesis = NULL) {
  model <- tight(formula, data)
  kr <- summary(model, ddf = "Kenward-Roger")$coefficients
  p <- length(fixef(model))
  L <- if (is.null(hypothesis)) diag(p)[max(1, p - 2):p, , drop = FALSE] else hypothesis
  satterthwaite <- contestMD(model, L)
  kenward <- KRmodcomp(model, L)
  list(name = name, formula = paste(deparse(formula, 500), collapse = ""), data = file, factors = named(factors),
    contrasts = named(contrasts), criterion = REMLcrit(model), theta = I(unname(getME(model, "theta"))), sigma = sigma(model),
    satterthwaite = lapply(1:p, function(i) as.list(setNames(summary(model)$coefficients[i, 2:3], c("se", "df")))),
    kenwardRoger = lapply(1:p, function(i) as.list(setNames(kr[i, 2:3], c("se", "df")))),
    adjusted = rows(as.matrix(vcovAdj(model))),
    I = aov_rows(anova(model, type = 1)), II = aov_rows(anova(model, type = 2)), III = aov_rows(anova(model, type = 3)),
    III_kr = aov_rows(anova(model, type = 3, ddf = "Kenward-Roger")), II_kr = aov_rows(anova(model, type = 2, ddf = "Kenward-Roger")),
    hypothesis = list(rows = rows(L),
      satterthwaite = list(NumDF = satterthwaite[["NumDF"]], DenDF = satterthwaite[["DenDF"]], statistic = satterthwaite[["F value"]]),
      kenwardRoger = list(NumDF = kenward$stats$ndf, DenDF = kenward$stats$ddf, statistic = kenward$stats$Fstat, scale = kenward$stats$F.scaling)))
}

sleepstudy <- table_of("sleepstudy"); sleepstudy$Subject <- factor(sleepstudy$Subject)
cake <- table_of("cake"); cake$temperature <- factor(cake$temperature, ordered = TRUE); cake$replicate <- factor(cake$replicate)
ham <- table_of("ham"); for (v in c("Consumer", "Product", "Information")) ham[[v]] <- factor(ham[[v]])
oats <- table_of("oats")
orthodont <- table_of("orthodont"); orthodont$Sex <- factor(orthodont$Sex, levels = c("Male", "Female"))
penicillin <- table_of("penicillin"); dyestuff <- table_of("dyestuff"); dyestuff2 <- table_of("dyestuff2")
unbalanced <- sleepstudy[-c(1:4, 33, 47:53, 91, 99, 105:108, 150, 171:178), ]
unbalanced$late <- factor(ifelse(unbalanced$Days > 4, "yes", "no"))

cases <- list(
  case("sleepstudy slope", Reaction ~ Days + (Days | Subject), sleepstudy, "sleepstudy"),
  case("sleepstudy uncorrelated", Reaction ~ Days + (Days || Subject), sleepstudy, "sleepstudy"),
  case("sleepstudy quadratic", Reaction ~ poly(Days, 3) + (1 | Subject), sleepstudy, "sleepstudy"),
  case("oats nested", yield ~ nitro * Variety + (1 | Block/Variety), oats, "oats"),
  case("oats one factor", yield ~ nitro + Variety + (1 | Block), oats, "oats"),
  case("cake", angle ~ recipe * temperature + (1 | recipe:replicate), cake, "cake",
    factors = list(recipe = sort(unique(as.character(cake$recipe))), temperature = levels(cake$temperature)), contrasts = list(temperature = "poly")),
  case("orthodont", distance ~ age * Sex + (age | Subject), orthodont, "orthodont", factors = list(Sex = c("Male", "Female"))),
  case("penicillin", diameter ~ 1 + (1 | plate) + (1 | sample), penicillin, "penicillin"),
  case("dyestuff", Yield ~ 1 + (1 | Batch), dyestuff, "dyestuff"),
  case("dyestuff singular", Yield ~ 1 + (1 | Batch), dyestuff2, "dyestuff2"),
  case("ham", Informed.liking ~ Product * Information + (1 | Consumer) + (1 | Consumer:Product), ham, "ham",
    factors = list(Product = levels(ham$Product), Information = levels(ham$Information))))

# Simulated data: a full crossing with unequal cells, and one with empty cells.
simulate_design <- function(seed, n, empty = FALSE) {
  set.seed(seed)
  d <- data.frame(a = sample(c("a1", "a2", "a3"), n, TRUE, c(.5, .3, .2)), b = sample(c("b1", "b2", "b3", "b4"), n, TRUE, c(.2, .4, .25, .15)),
    c = sample(c("c1", "c2"), n, TRUE, c(.6, .4)), x = round(rnorm(n, 2, 1.5), 2), z = round(runif(n, 0, 4), 2),
    g = sample(paste0("g", 1:12), n, TRUE), h = sample(paste0("h", 1:9), n, TRUE))
  if (empty) d <- d[!(d$a == "a2" & d$b == "b3") & !(d$a == "a3" & d$b %in% c("b1", "b4")) & !(d$a == "a1" & d$b == "b4" & d$c == "c2"), ]
  d$w <- d$x + d$z * 2
  d$coarse <- ifelse(d$b %in% c("b1", "b2"), "low", "high")
  u <- rnorm(12); v <- rnorm(12, 0, .5); q <- rnorm(9)
  i <- as.integer(sub("g", "", d$g)); j <- as.integer(sub("h", "", d$h))
  d$y <- round(3 + (d$a == "a2") + .5 * (d$b == "b3") - .7 * (d$c == "c2") * (d$a == "a3") + .3 * d$x + u[i] + v[i] * d$x + q[j] + rnorm(nrow(d)), 3)
  d$weight <- round(runif(nrow(d), .3, 3), 2)
  d
}
csv <- function(d) paste(capture.output(write.csv(d, row.names = FALSE, quote = FALSE)), collapse = "\n")
full <- simulate_design(41, 130); gaps <- simulate_design(42, 130, TRUE)
tables <- list(full = full, gaps = gaps)
as_factors <- function(d, ordered = character()) { for (v in c("a", "b", "c", "g", "h", "coarse")) d[[v]] <- factor(d[[v]], ordered = v %in% ordered); d }
full_f <- as_factors(full); gaps_f <- as_factors(gaps)

cases <- c(cases, list(
  case("crossed slopes", y ~ x * a + (1 + x | g) + (1 + z | h), full_f, "full"),
  case("crossed slopes with gaps", y ~ a * b + z + (1 + x || g) + (1 | h), gaps_f, "gaps")))

# Precision weights: pbkrtest 0.5.2 leaves them out, so its own formulas are given the right covariance.
weighted_case <- function(name, formula, data, file) {
  model <- tight(formula, data, data$weight)
  parts <- pbkrtest:::get_SigmaG(model)
  noise <- Matrix::Diagonal(x = 1 / data$weight)
  parts$Sigma <- parts$Sigma + sigma(model)^2 * (noise - parts$G[[parts$n.ggamma]])
  parts$G[[parts$n.ggamma]] <- noise
  X <- getME(model, "X")
  Phi <- solve(t(X) %*% solve(parts$Sigma, X))
  stopifnot(max(abs(Phi - vcov(model))) < 1e-8)
  adjusted <- pbkrtest:::vcovAdj_internal(Phi, parts, X)
  p <- ncol(X); L <- diag(p)[max(1, p - 2):p, , drop = FALSE]
  f <- pbkrtest:::.KR_adjust(adjusted, Phi, L, fixef(model), 0)
  s <- contestMD(model, L)
  list(name = name, formula = paste(deparse(formula, 500), collapse = ""), data = file, weights = "weight", factors = named(list()), contrasts = named(list()),
    criterion = REMLcrit(model), theta = I(unname(getME(model, "theta"))), sigma = sigma(model),
    satterthwaite = lapply(1:p, function(i) as.list(setNames(summary(model)$coefficients[i, 2:3], c("se", "df")))),
    kenwardRoger = lapply(1:p, function(i) list(se = sqrt(adjusted[i, i]), df = pbkrtest::Lb_ddf(diag(p)[i, ], Phi, adjusted))),
    adjusted = rows(as.matrix(adjusted)), I = aov_rows(anova(model, type = 1)), II = aov_rows(anova(model, type = 2)), III = aov_rows(anova(model, type = 3)),
    III_kr = list(), II_kr = list(),
    hypothesis = list(rows = rows(L), satterthwaite = list(NumDF = s[["NumDF"]], DenDF = s[["DenDF"]], statistic = s[["F value"]]),
      kenwardRoger = list(NumDF = f$ndf, DenDF = f$ddf, statistic = as.numeric(f$Fstat), scale = as.numeric(f$F.scaling))))
}
cases <- c(cases, list(weighted_case("weights", y ~ x * c + (1 + x | g) + (1 | h), full_f, "full")))

# lmerTest's own matrices of hypotheses.
hypothesis_case <- function(formula, file, contrasts = list(), ordered = character()) {
  data <- as_factors(tables[[file]], ordered)
  extra <- if (length(contrasts)) setNames(lapply(contrasts, function(k) paste0("contr.", k)), names(contrasts)) else NULL
  control <- lmerControl(check.rankX = "silent.drop.cols", calc.derivs = FALSE)
  model <- suppressMessages(suppressWarnings(lmerTest::lmer(formula, data, contrasts = extra, control = control)))
  codings <- contrasts; for (v in ordered) if (is.null(codings[[v]])) codings[[v]] <- "poly"
  list(formula = paste(deparse(formula, 500), collapse = ""), data = file, contrasts = named(codings), coefficients = I(names(fixef(model))),
    I = hypotheses(model, 1), II = hypotheses(model, 2), III = hypotheses(model, 3))
}
designs <- list(
  hypothesis_case(y ~ a + b + (1 | g), "full"),
  hypothesis_case(y ~ a * b + (1 | g), "full"),
  hypothesis_case(y ~ a * b * c + (1 | g), "full"),
  hypothesis_case(y ~ a * b + (1 | g), "gaps"),
  hypothesis_case(y ~ a * b * c + (1 | g), "gaps"),
  hypothesis_case(y ~ x * a * b + (1 | g), "full"),
  hypothesis_case(y ~ a * b + (1 | g), "full", list(a = "sum", b = "sum")),
  hypothesis_case(y ~ a * b * c + (1 | g), "gaps", list(a = "sum", b = "helmert", c = "sum")),
  hypothesis_case(y ~ a * b * c + (1 | g), "full", list(a = "helmert", b = "poly")),
  hypothesis_case(y ~ a * b * c + (1 | g), "gaps", ordered = "b"),
  hypothesis_case(y ~ a * x + poly(z, 2) * b + (1 | g), "full", ordered = "b"),
  hypothesis_case(y ~ poly(z, 2) * c + a * b + (1 | g), "gaps", list(c = "sum")),
  hypothesis_case(y ~ 0 + a + b:x + (1 | g), "full"),
  hypothesis_case(y ~ 0 + a * b + (1 | g), "full"),
  hypothesis_case(y ~ 0 + a * b + (1 | g), "gaps", list(b = "sum")),
  hypothesis_case(y ~ 0 + a:b + c + (1 | g), "full"),
  hypothesis_case(y ~ a + a:b + (1 | g), "full"),
  hypothesis_case(y ~ a / b + c + (1 | g), "gaps"),
  hypothesis_case(y ~ a:b + (1 | g), "full"),
  hypothesis_case(y ~ a:b + c + (1 | g), "full"),
  hypothesis_case(y ~ c + a:b + b:c + (1 | g), "full"),
  hypothesis_case(y ~ splines::ns(z, df = 3) * a + (1 | g), "full"),
  hypothesis_case(y ~ x + x:a + b + (1 | g), "full"),
  hypothesis_case(y ~ x + z + w + a + (1 | g), "full"),
  hypothesis_case(y ~ x * a + w + z + (1 | g), "gaps"),
  hypothesis_case(y ~ coarse + b + a + (1 | g), "full"),
  hypothesis_case(y ~ b * a + coarse * a + (1 | g), "full"),
  hypothesis_case(y ~ coarse * a + b * a + (1 | g), "gaps", list(a = "sum", coarse = "sum")),
  hypothesis_case(y ~ scale(x) * a + (1 | g), "full"),
  hypothesis_case(y ~ I(x^2) * a + log(z + 1) * c + (1 | g), "full", list(a = "sum")),
  hypothesis_case(y ~ x + I(x^2) + I(x^3) + a:x + (1 | g), "full"),
  hypothesis_case(y ~ a * b * x + (1 | g), "gaps", list(a = "sum", b = "poly")),
  hypothesis_case(y ~ 0 + x + z + (1 | g), "full"),
  hypothesis_case(y ~ x + (1 | g), "full"))

# Plain linear models, and terms dropped in turn.
linear_case <- function(formula, file, contrasts = list(), weighted = FALSE) {
  environment(formula) <- environment()
  data <- as_factors(tables[[file]])
  if (!weighted) data$weight <- 1
  extra <- if (length(contrasts)) lapply(contrasts, function(k) paste0("contr.", k)) else NULL
  model <- lm(formula, data, contrasts = extra, weights = weight)
  short <- function(t, sums = "Sum Sq") lapply(seq_len(nrow(t)), function(i) list(term = rownames(t)[i], sumsq = t[i, sums], df = t[i, "Df"],
    statistic = t[i, "F value"], p = t[i, "Pr(>F)"]))
  list(formula = paste(deparse(formula, 500), collapse = ""), data = file, weighted = weighted, contrasts = named(contrasts), I = short(anova(model)),
    II = if (!anyNA(coef(model))) short(car::Anova(model, type = 2)) else list(),
    III = if (!anyNA(coef(model)) && length(contrasts)) short(car::Anova(model, type = 3)) else list())
}
linear <- list(linear_case(y ~ x * a, "full"), linear_case(y ~ a * b * c, "full", list(a = "sum", b = "sum", c = "sum")),
  linear_case(y ~ a * b, "gaps"), linear_case(y ~ x + z + w + a, "full"),
  linear_case(y ~ x * a + c, "full", weighted = TRUE), linear_case(y ~ a * b, "full", list(a = "sum", b = "sum"), weighted = TRUE))
dropped_case <- function(formula, file) {
  environment(formula) <- environment()
  data <- as_factors(tables[[file]])
  model <- lme4::lmer(formula, data, REML = FALSE, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = .2, rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE))
  t <- suppressMessages(suppressWarnings(drop1(model, test = "Chisq")))
  list(formula = paste(deparse(formula, 500), collapse = ""), data = file, rows = lapply(seq_len(nrow(t))[-1], function(i)
    list(term = rownames(t)[i], npar = t[i, "npar"], AIC = t[i, "AIC"], statistic = t[i, "LRT"], p = t[i, "Pr(Chi)"])))
}
dropped <- list(dropped_case(y ~ x * a + b + (1 | g), "full"), dropped_case(y ~ a * b * c + (1 | g) + (1 | h), "full"),
  dropped_case(y ~ x + a * c + z + (1 + x | g), "gaps"))

versions <- sapply(c("lme4", "lmerTest", "pbkrtest", "car"), function(p) as.character(packageVersion(p)))
writeLines(toJSON(list(R = as.character(getRversion()), versions = as.list(versions), tables = lapply(tables, csv), cases = cases, designs = designs,
  linear = linear, dropped = dropped), auto_unbox = TRUE, digits = 14, na = "null", null = "null", pretty = 0), "anova.json")
