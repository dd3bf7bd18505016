# Writes table.json (the data), fixed.json and random.json: names and checksums of R's model matrices and of lme4's
# random-effects design.
# A column v is kept as its sums with sin(1..n) and cos((1..n)^2); a random term as these sums of v times the number of
# the row's level.
suppressMessages({library(jsonlite); library(splines); library(lme4)})
options(warn = -1)
n <- 36
row <- 1:n
d <- data.frame(
  y = round(10 + 3 * sin(1.7 * row) + row / 9, 3),
  x = round(5 + 4 * cos(2.3 * row), 2),
  z = (row * 7) %% 11 - 3,
  w = round(1.5 + sin(row), 2),
  f = c("red", "blue", "green")[(row * 5 + row %/% 4) %% 3 + 1],
  g = factor(c("lo", "hi")[(row %/% 3) %% 2 + 1], levels = c("lo", "hi")),
  o = factor(c("small", "medium", "large", "huge")[(row * row) %% 4 %/% 1 + (row %% 3)][row - row + (row %% 4) + 1],
             levels = c("small", "medium", "large", "huge"), ordered = TRUE),
  b = (row %% 5) < 2,
  k = as.integer((row * 3) %% 4),
  subject = sprintf("s%d", (row - 1) %/% 4 + 1),
  item = factor((row - 1) %% 4 + 1),
  ward = c("A", "B", "C")[(row - 1) %/% 12 + 1],
  bed = c("p", "q", "r")[(row - 1) %% 3 + 1],
  day = (row %% 6) + 0.5)
d$o <- factor(c("small", "medium", "large", "huge")[(row * 5 + row %/% 7) %% 4 + 1],
              levels = c("small", "medium", "large", "huge"), ordered = TRUE)
names(d)[names(d) == "bed"] <- "bed no"
s1 <- sin(row); s2 <- cos(row^2)
sums <- function(v) I(c(sum(v * s1), sum(v * s2)))
number <- function(v) I(signif(v, 14))

fixed <- c("y ~ x", "y ~ x + z", "y ~ x * z", "y ~ 0 + x", "y ~ 1", "y ~ f", "y ~ 0 + f", "y ~ g + f", "y ~ f * g",
  "y ~ f:g", "y ~ 0 + f:g", "y ~ f + f:g", "y ~ g:f + g", "y ~ x:f", "y ~ x * f", "y ~ 0 + x:f", "y ~ 0 + x * f", "y ~ 0 + x + f + g",
  "y ~ f * g * o", "y ~ (f + g + b)^2", "y ~ f * g * b - f:g:b", "y ~ f:g:b", "y ~ f:g:x + f", "y ~ f / g", "y ~ g / x", "y ~ f %in% g + g",
  "y ~ o", "y ~ 0 + o", "y ~ o * x", "y ~ b", "y ~ b * x", "y ~ 0 + b", "y ~ b:x", "y ~ f + o:b",
  "y ~ `bed no`", "y ~ `bed no` * x", "y ~ f + g - 1 + x:o",
  "log(y) ~ log(x) + I(x^2) + sqrt(z + 4)", "y ~ factor(k)", "y ~ factor(k) * x", "y ~ I(x > 5)", "y ~ I(x * z):f", "y ~ poly(x, 2)", "y ~ poly(x, 2):f",
  "y ~ f * poly(x, 2)", "y ~ poly(x, 2) * poly(z, 2)", "y ~ poly(x, degree = 3, raw = TRUE)", "y ~ ns(x, df = 3) * g",
  "y ~ ns(x, 3) + bs(z, df = 4)", "y ~ splines::ns(x, 2):x", "y ~ 0 + f:ns(x, df = 2)", "y ~ scale(x) * scale(z, scale = FALSE)",
  "y ~ I(scale(x)^2) + log(scale(x) + 5)", "y ~ exp(x / 10):b + log1p(abs(z))", "y ~ cut(x, 3)", "y ~ cut(x, c(0, 3, 6, 9)) * z",
  "y ~ relevel(g, ref = \"hi\") + relevel(factor(f), \"red\")", "y ~ as.numeric(factor(f)) + x", "y ~ (x + z + w)^3 - x:z")
coded <- list(
  list(formula = "y ~ f", contrasts = list(f = "contr.sum")), list(formula = "y ~ f * g", contrasts = list(f = "contr.sum", g = "contr.sum")),
  list(formula = "y ~ f * x", contrasts = list(f = "contr.helmert")), list(formula = "y ~ o + f:o", contrasts = list(o = "contr.treatment")),
  list(formula = "y ~ f * o", contrasts = list(f = "contr.poly", o = "contr.helmert")), list(formula = "y ~ 0 + f + g", contrasts = list(f = "contr.sum", g = "contr.sum")),
  list(formula = "y ~ b * f", contrasts = list(b = "contr.sum", f = "contr.helmert")), list(formula = "y ~ o * g * f", contrasts = list(o = "contr.sum", g = "contr.helmert")))
matrix_case <- function(text, contrasts = NULL) {
  formula <- as.formula(text)
  data <- d
  for (name in names(contrasts)) if (is.character(data[[name]])) data[[name]] <- factor(data[[name]])
  frame <- model.frame(formula, data)
  m <- model.matrix(formula, frame, contrasts.arg = contrasts)
  list(formula = text, contrasts = lapply(contrasts, function(x) x), names = I(as.character(colnames(m))),
       assign = I(as.integer(attr(m, "assign"))), sums = number(as.numeric(apply(m, 2, sums))))
}
random <- c("y ~ x + (1 | subject)", "y ~ x + (x | subject)", "y ~ x + (0 + x | subject)", "y ~ x + (1 | subject) + (1 | item)", "y ~ x + (1 | item) + (1 | subject)",
  "y ~ x + (x || subject)", "y ~ x + (1 | ward) + (x || subject)", "y ~ x + (1 + x * z || subject)", "y ~ (1 | ward/subject)", "y ~ (1 | ward/item/b)", "y ~ (1 | ward:item)", "y ~ (1 | item:ward)",
  "y ~ (1 + f | item)", "y ~ (0 + f | item)", "y ~ (g | ward)", "y ~ (f * g | ward)", "y ~ (0 + f:x | ward)", "y ~ (x | item) + (0 + z | item) + (1 | ward)",
  "y ~ (1 | ward) + (1 | f) + (1 | g)", "y ~ (1 | g) + (1 | f) + (1 | ward) + (z | item)", "y ~ (o | f)", "y ~ (1 | k)", "y ~ (1 | day)", "y ~ (1 | b)", "y ~ (1 | `bed no`:ward)",
  "y ~ (poly(x, 2) | ward)", "y ~ (scale(x) | item) + (1 | `bed no`)", "y ~ (b | item)", "y ~ (x + g || ward)")
random_case <- function(text) {
  # Factors left of '||' are split by us and not by lme4: each column becomes a term.
  source <- text
  if (text == "y ~ (x + g || ward)") { d$ghi <- as.numeric(d$g == "hi"); source <- "y ~ (1 | ward) + (0 + x | ward) + (0 + ghi | ward)" }
  re <- lFormula(as.formula(source), d, control = lmerControl(check.nobs.vs.nlev = "ignore", check.nobs.vs.nRE = "ignore",
    check.nlev.gtr.1 = "ignore", check.nobs.vs.rankZ = "ignore"))$reTrms
  assign <- attr(re$flist, "assign")
  terms <- lapply(seq_along(re$cnms), function(i) {
    Z <- as.matrix(re$Ztlist[[i]]); nc <- length(re$cnms[[i]]); level <- rep(seq_len(nrow(Z) / nc), each = nc)
    list(factor = assign[i], columns = I(re$cnms[[i]]),
         sums = number(unlist(lapply(seq_len(nc), function(j) sums(colSums(Z[seq(j, nrow(Z), nc), , drop = FALSE] * level[seq(j, nrow(Z), nc)]))))))
  })
  list(formula = text, factors = I(names(re$flist)), levels = lapply(unname(as.list(re$flist)), function(f) I(levels(f))), terms = terms)
}
columns <- lapply(d, function(v) if (is.factor(v)) I(as.character(v)) else I(v))
write(toJSON(columns, digits = I(17), auto_unbox = TRUE), "table.json")
write(toJSON(list(fixed = c(lapply(fixed, matrix_case), lapply(coded, function(x) matrix_case(x$formula, x$contrasts)))),
  digits = I(15), auto_unbox = TRUE), "fixed.json")
write(toJSON(list(random = lapply(random, random_case)), digits = I(15), auto_unbox = TRUE), "random.json")
