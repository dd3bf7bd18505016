# Writes bases.json: contrast matrices and the columns of poly, ns, bs and scale, on training and on new data.
suppressMessages({library(jsonlite); library(splines)})
options(warn = -1)
matrix_rows <- function(m) lapply(seq_len(nrow(m)), function(i) I(as.numeric(m[i, ])))

levels_of <- function(n) LETTERS[seq_len(n)]
named <- function(m, n) { if (is.null(colnames(m))) colnames(m) <- seq_len(ncol(m)); m }
contrasts <- list()
for (n in c(2, 3, 4, 7)) {
  codings <- list(treatment = contr.treatment(levels_of(n)), sum = contr.sum(levels_of(n)),
                  helmert = contr.helmert(levels_of(n)), poly = contr.poly(levels_of(n)))
  for (name in names(codings)) {
    m <- named(codings[[name]])
    contrasts[[length(contrasts) + 1]] <- list(coding = name, levels = n, names = I(colnames(m)), rows = matrix_rows(m))
  }
}

x <- c(1, 2, 2.5, 4, 7, 7, 8.25, 10, 11.5, 13, 13, 20)
new <- c(-3, 1, 3.3, 7, 12, 20, 26)
calls <- c("poly(x, 1)", "poly(x, 2)", "poly(x, 5)", "poly(x, 3, raw = TRUE)",
  "ns(x)", "ns(x, df = 2)", "ns(x, df = 3)", "ns(x, df = 5)", "ns(x, df = 4, intercept = TRUE)",
  "ns(x, knots = c(4, 9))", "ns(x, df = 3, Boundary.knots = c(3, 12))", "ns(x, knots = 6, Boundary.knots = c(0, 25))",
  "bs(x)", "bs(x, df = 4)", "bs(x, df = 6)", "bs(x, df = 5, intercept = TRUE)", "bs(x, knots = c(4, 9))",
  "bs(x, degree = 1, knots = c(5, 8))", "bs(x, degree = 2, df = 4)", "bs(x, df = 4, Boundary.knots = c(3, 12))",
  "scale(x)", "scale(x, center = FALSE)", "scale(x, scale = FALSE)", "scale(x, center = 5, scale = 2)")
bases <- lapply(calls, function(text) {
  call <- parse(text = text)[[1]]
  fit <- lm(as.formula(paste("y ~", text)), data.frame(x = x, y = seq_along(x)))
  trained <- model.frame(fit)[[2]]
  predicted <- model.frame(delete.response(terms(fit)), data.frame(x = new))[[1]]
  columns <- function(m) unname(lapply(seq_len(NCOL(m)), function(j) I(signif(as.numeric(as.matrix(m)[, j]), 13))))
  list(call = text, names = I(as.character(colnames(model.matrix(fit)))[-1]),
       trained = columns(trained), predicted = columns(predicted))
})
write(toJSON(list(x = x, new = new, contrasts = contrasts, bases = bases), digits = I(17), auto_unbox = TRUE),
      "bases.json")
