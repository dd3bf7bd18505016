# Effect sizes of performance and effectsize. Writes effect-sizes.json.
suppressMessages({library(lme4); library(lmerTest); library(performance); library(effectsize); library(jsonlite)})
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
read <- function(name) read.csv(file.path("../../../Sources/MixedModels/Data", paste0(name, ".csv")), stringsAsFactors = TRUE)
unbalanced <- read.csv("unbalanced-sleep.csv"); unbalanced$Subject <- factor(unbalanced$Subject)
oats <- read("oats"); orthodont <- read("orthodont"); penicillin <- read("penicillin")
unbalanced$half <- factor(ifelse(unbalanced$Days < 5, "early", "late"))
write.csv(unbalanced, "unbalanced-sleep.csv", row.names = FALSE, quote = FALSE)
# With the formula and the name of the data in the call, from which effectsize fits again.
fitted <- function(formula, file)
  eval(bquote(lmer(.(as.formula(formula)), data = .(as.name(file)), control = control)), globalenv())
case <- function(name, file, formula) {
  m <- fitted(formula, file)
  cat(name, isSingular(m), "\n")
  vif <- tryCatch(as.data.frame(check_collinearity(m)), error = function(e) NULL)
  by <- icc(m, by_group = TRUE)
  std <- function(method) {
    s <- suppressMessages(suppressWarnings(standardize_parameters(m, method = method)))
    list(term = I(s$Parameter), estimate = I(s$Std_Coefficient))
  }
  a <- anova(as_lmerModLmerTest(m), type = 3)
  list(name = name, data = file, formula = formula, icc = list(group = I(by$Group), value = I(by$ICC)),
       vif = if (is.null(vif) || nrow(vif) == 0) NULL else list(term = I(vif$Term), value = I(vif$VIF)),
       basic = std("basic"), refit = std("refit"),
       anova = if (nrow(a) == 0) NULL else list(term = I(rownames(a)), F = I(a[["F value"]]), num = I(a$NumDF), den = I(a$DenDF)))
}
car_gvif <- function(file, formula) {
  v <- car::vif(fitted(formula, file))
  if (is.matrix(v)) list(term = rownames(v), gvif = v[, 1], scaled = v[, 3]) else list(term = names(v), gvif = unname(v), scaled = unname(sqrt(v))) }
cases <- list(
  case("oats", "oats", "yield ~ nitro + Variety + (1 | Block/Variety)"),
  case("unbalanced sleep", "unbalanced", "Reaction ~ Days * wave + half + (1 | Subject)"),
  case("unbalanced sleep, factor", "unbalanced", "Reaction ~ Days * half + wave + (1 | Subject)"),
  case("penicillin", "penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"))
gvif <- list(list(data = "oats", formula = "yield ~ nitro * Variety + (1 | Block/Variety)", vif = car_gvif("oats", "yield ~ nitro * Variety + (1 | Block/Variety)")),
             list(data = "unbalanced", formula = "Reaction ~ Days * wave + half + (1 | Subject)", vif = car_gvif("unbalanced", "Reaction ~ Days * wave + half + (1 | Subject)")))
versions <- lapply(setNames(nm = c("lme4", "lmerTest", "performance", "effectsize", "car")), function(p) as.character(packageVersion(p)))
write_json(list(versions = versions, cases = cases, gvif = gvif), "effect-sizes.json", digits = NA, auto_unbox = TRUE, null = "null")
