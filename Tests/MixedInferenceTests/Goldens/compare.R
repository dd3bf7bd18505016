# Likelihood-ratio tables of lme4's anova() and lmerTest's ranova(), tightly converged.
# Run in this folder: Rscript compare.R   (writes compare.json)
suppressMessages({library(lme4); library(lmerTest); library(jsonlite)})
data(Orthodont, package = "nlme"); Orthodont <- as.data.frame(Orthodont)
Orthodont$Subject <- factor(as.character(Orthodont$Subject)); Orthodont$Sex <- factor(Orthodont$Sex, levels = c("Male", "Female"))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-11, maxfun = 1e6), calc.derivs = FALSE,
  check.conv.singular = "ignore")
frame <- function(m, name = "model") { m <- as.data.frame(m); m <- cbind(rownames(m), m, row.names = NULL); names(m)[1] <- name; m }
tables <- list()
compare <- function(data, files, formulas, refit = TRUE) {
  fits <- lapply(formulas, function(f) {
    f <- as.formula(f); d <- as.name(data)
    if (length(lme4::findbars(f))) eval(bquote(lmerTest::lmer(.(f), data = .(d), control = tight))) else eval(bquote(lm(.(f), data = .(d)))) })
  # anova() finds its models by name, so that the list is spelled out.
  names(fits) <- paste0("m", seq_along(fits)); e <- list2env(fits)
  call <- parse(text = paste0("anova(", paste(names(fits), collapse = ", "), ", refit = ", refit, ")"))
  table <- suppressMessages(eval(call, e))
  tables[[length(tables) + 1]] <<- list(kind = "compare", data = files, formulas = formulas, refit = refit, rows = frame(table)) }
deletions <- function(data, files, formula, reduce = TRUE, REML = TRUE) {
  d <<- get(data); fit <- eval(bquote(lmerTest::lmer(.(as.formula(formula)), data = d, REML = .(REML), control = tight)))
  table <- suppressMessages(ranova(fit, reduce.terms = reduce))
  tables[[length(tables) + 1]] <<- list(kind = "ranova", data = files, formula = formula, reduce = reduce, REML = REML, rows = frame(table, "term")) }
data(sleepstudy); s <- "standard/sleepstudy.csv"; p <- "standard/penicillin.csv"; o <- "standard/orthodont.csv"
compare("sleepstudy", s, c("Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (Days | Subject)"))
compare("sleepstudy", s, c("Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (1 | Subject)", "Reaction ~ 1 + (1 | Subject)", "Reaction ~ Days + (Days || Subject)"))
compare("sleepstudy", s, c("Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (Days | Subject)"), refit = FALSE)
compare("sleepstudy", s, c("Reaction ~ Days + (1 | Subject)", "Reaction ~ Days"))
compare("Penicillin", p, c("diameter ~ 1 + (1 | plate)", "diameter ~ 1 + (1 | sample)", "diameter ~ 1 + (1 | plate) + (1 | sample)"))
compare("Orthodont", o, c("distance ~ age + (age | Subject)", "distance ~ age + Sex + (age | Subject)", "distance ~ age * Sex + (age | Subject)"))
deletions("sleepstudy", s, "Reaction ~ Days + (Days | Subject)")
deletions("sleepstudy", s, "Reaction ~ Days + (Days | Subject)", reduce = FALSE)
deletions("sleepstudy", s, "Reaction ~ Days + (Days | Subject)", REML = FALSE)
deletions("sleepstudy", s, "Reaction ~ Days + (1 | Subject)")
deletions("sleepstudy", s, "Reaction ~ Days + (Days || Subject)")
deletions("Penicillin", p, "diameter ~ 1 + (1 | plate) + (1 | sample)")
deletions("Orthodont", o, "distance ~ age * Sex + (age | Subject)")
versions <- sapply(c("lme4", "lmerTest", "nlme"), function(p) as.character(packageVersion(p)))
writeLines(toJSON(list(reference = c(as.list(versions), R = R.version.string), tables = tables), auto_unbox = TRUE, digits = I(12), na = "null", pretty = TRUE, dataframe = "rows"), "compare.json")
