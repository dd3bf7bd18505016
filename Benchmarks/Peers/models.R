# The models of the benchmark in R; prints one JSON object with the answer.
# Rscript models.R PROGRAM DESIGN FILE
arguments <- commandArgs(trailingOnly = TRUE)
program <- arguments[1]; design <- arguments[2]; path <- arguments[3]
suppressMessages(library(data.table))
kind <- if (startsWith(design, "slopes")) "slopes" else if (startsWith(design, "ratings")) "ratings" else design
formula <- list(
  slopes = y ~ x * h + z + (1 + x | g),
  nested = y ~ x1 + x2 + (1 | school) + (1 | class) + (1 | student),
  insteval = y ~ service + (1 | s) + (1 | d) + (1 | dept),
  ratings = rating ~ age + (1 | user) + (1 | movie))[[kind]]
factors <- list(slopes = c("h", "g"), nested = c("school", "class", "student"), insteval = c("service", "s", "d", "dept"),
  ratings = c("user", "movie"))[[kind]]
data <- fread(path)
for (name in factors) data[[name]] <- factor(data[[name]])
if (program == "lme4") {
  suppressMessages(library(lme4))
  fit <- lmer(formula, data, REML = TRUE)
  fixed <- fixef(fit); criterion <- REMLcrit(fit); sigma <- sigma(fit)
} else {
  suppressMessages(library(glmmTMB))
  fit <- glmmTMB(formula, data, REML = TRUE)
  fixed <- fixef(fit)$cond; criterion <- -2 * as.numeric(logLik(fit)); sigma <- sigma(fit)
}
cat(sprintf('{"criterion": %.10g, "sigma": %.10g, "coefficients": {%s}}\n', criterion, sigma,
  paste(sprintf('"%s": %.12g', names(fixed), fixed), collapse = ", ")))
