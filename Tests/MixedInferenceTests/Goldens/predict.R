# Writes predict.json: predictions of lme4 and lm with standard errors from the dense covariance of the rows, and the
# separate regressions of lmList. Run in this folder: Rscript predict.R
suppressMessages({ library(lme4); library(jsonlite) })

data <- "../../../Sources/MixedModels/Data"
read <- function(name) read.csv(file.path(data, name), stringsAsFactors = TRUE)
sleepstudy <- transform(read("sleepstudy.csv"), Subject = factor(Subject))
pooled <- transform(read("sleepstudy_pooling.csv"), Subject = factor(Subject))
oats <- read("oats.csv")
penicillin <- read("penicillin.csv")

# A fit started again from its own optimum until the criterion stands still.
tight <- function(formula, data, ...) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.02, rhoend = 1e-10, maxfun = 1e5),
                         check.conv.grad = "ignore")
  start <- NULL
  for (i in 1:4) {
    fit <- do.call(lmer, list(formula, data, control = control, start = start, ...))
    start <- list(theta = getME(fit, "theta"))
  }
  fit
}

# The joint covariance of (beta, b) from the mixed-model equations, inverted whole.
joint <- function(fit) {
  X <- getME(fit, "X"); Zt <- as.matrix(getME(fit, "Zt")); L <- t(as.matrix(getME(fit, "Lambdat")))
  W <- weights(fit)
  ZL <- t(Zt) %*% L
  C <- rbind(cbind(crossprod(X, W * X), crossprod(X, W * ZL)),
             cbind(crossprod(ZL, W * X), crossprod(ZL, W * ZL) + diag(ncol(ZL))))
  back <- as.matrix(Matrix::bdiag(diag(ncol(X)), L))
  sigma(fit)^2 * back %*% solve(C) %*% t(back)
}

# Standard errors of x beta and of x beta + z b for new data; `Z` holds one column for each random effect of lme4's order.
errors <- function(fit, X, Z) {
  V <- as.matrix(vcov(fit)); J <- joint(fit); XZ <- cbind(X, Z)
  list(population = sqrt(rowSums((X %*% V) * X)), group = sqrt(rowSums((XZ %*% J) * XZ)))
}

new_z <- function(fit, new) t(as.matrix(mkNewReTrms(fit, new)$Zt))
mkNewReTrms <- function(fit, new) {
  # Levels as in the fit, so that the columns stand in lme4's order.
  flist <- getME(fit, "flist")
  frame <- new
  for (name in names(flist)) if (name %in% names(frame)) frame[[name]] <- factor(frame[[name]], levels(flist[[name]]))
  terms <- lapply(findbars(formula(fit)), function(bar) bar)
  old <- model.frame(fit)[, setdiff(all.vars(formula(fit)), all.vars(formula(fit)[[2]])), drop = FALSE]
  both <- rbind(old, frame[, names(old), drop = FALSE])
  re <- mkReTrms(terms, both)
  list(Zt = re$Zt[, nrow(old) + seq_len(nrow(new)), drop = FALSE])
}

case <- function(fit, data, formula, new, weights = NA) {
  X <- model.matrix(nobars(formula(fit))[-2], new)
  e <- errors(fit, X, new_z(fit, new))
  list(data = data, formula = formula, reml = isREML(fit), weights = weights, new = new,
       population = unname(predict(fit, new, re.form = NA)), group = unname(predict(fit, new)),
       se_population = unname(e$population), se_group = unname(e$group), sigma = sigma(fit))
}

slope <- tight(Reaction ~ Days + (Days | Subject), sleepstudy)
slope_new <- data.frame(Days = c(0, 4, 9, 12.5, 3), Subject = c("308", "309", "372", "335", "351"))
nested <- tight(yield ~ nitro + Variety + (1 | Block/Variety), oats)
nested_new <- data.frame(nitro = c(0, 0.3, 0.6), Variety = factor(c("Victory", "Marvellous", "Golden Rain"), levels(oats$Variety)),
                         Block = c("I", "IV", "VI"))
crossed <- tight(diameter ~ 1 + (1 | plate) + (1 | sample), penicillin)
crossed_new <- data.frame(plate = c("a", "d", "x"), sample = c("A", "F", "C"))
sleepstudy$w <- 1 + (seq_len(nrow(sleepstudy)) %% 3)
weighted <- tight(Reaction ~ Days + (Days | Subject), sleepstudy, weights = sleepstudy$w, REML = FALSE)

# A level that is not known: predictions as allow.new.levels, the standard error with the whole variance of a new group.
unknown <- data.frame(Days = c(0, 5), Subject = c("999", "998"))
Sigma <- as.matrix(VarCorr(slope)$Subject); x <- cbind(1, unknown$Days); V <- as.matrix(vcov(slope))
unknown_se <- sqrt(rowSums((x %*% V) * x) + rowSums((x %*% Sigma) * x))

simple <- lm(Reaction ~ Days, sleepstudy)
linear_new <- data.frame(Days = c(0, 4.5, 20))

lists <- function(formula, data, name) {
  l <- lmList(formula, data); b <- coef(l)
  list(data = name, level = rownames(b), intercept = b[[1]], slope = b[[2]])
}
write_json(list(
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4"))),
  cases = list(
    case(slope, "sleepstudy", "Reaction ~ Days + (Days | Subject)", slope_new),
    case(nested, "oats", "yield ~ nitro + Variety + (1 | Block/Variety)", nested_new),
    case(crossed, "penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", crossed_new),
    case(weighted, "sleepstudy", "Reaction ~ Days + (Days | Subject)", slope_new, weights = sleepstudy$w)),
  unknown = list(new = unknown, fitted = unname(predict(slope, unknown, allow.new.levels = TRUE)), se = unknown_se),
  linear = list(new = linear_new, confidence = as.data.frame(predict(simple, linear_new, interval = "confidence", level = 0.9)),
                prediction = as.data.frame(predict(simple, linear_new, interval = "prediction", level = 0.9)),
                se = unname(predict(simple, linear_new, se.fit = TRUE)$se.fit)),
  pooling = list(complete = unname(coef(lm(Reaction ~ Days, pooled))),
                 lists = list(lists(Reaction ~ Days | Subject, sleepstudy, "sleepstudy"),
                              lists(Reaction ~ Days | Subject, pooled, "sleepstudy_pooling")),
                 partial = {
                   fit <- tight(Reaction ~ Days + (Days | Subject), pooled)
                   b <- coef(fit)$Subject
                   list(level = rownames(b), intercept = b[[1]], slope = b[[2]], average = unname(fixef(fit)))
                 })),
  "predict.json", digits = 14, auto_unbox = TRUE, na = "null", pretty = TRUE, dataframe = "columns")
