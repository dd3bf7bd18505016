# The models of the benchmark in the words of each Python program; prints one JSON object with the answer.
# python models.py PROGRAM DESIGN FILE
import json
import sys

program, design, path = sys.argv[1:4]
slopes = design.startswith("slopes")
ratings = design.startswith("ratings")
formula = {
    "slopes": "y ~ x * h + z + (1 + x | g)",
    "nested": "y ~ x1 + x2 + (1 | school) + (1 | class) + (1 | student)",
    "insteval": "y ~ service + (1 | s) + (1 | d) + (1 | dept)",
    "ratings": "rating ~ age + (1 | user) + (1 | movie)",
}["slopes" if slopes else "ratings" if ratings else design]
factors = {
    "slopes": ["h", "g"],
    "nested": ["school", "class", "student"],
    "insteval": ["service", "s", "d", "dept"],
    "ratings": ["user", "movie"],
}["slopes" if slopes else "ratings" if ratings else design]
answer = {}

if program == "lme-python":
    import lme_python
    import polars as pl

    data = pl.read_csv(path, schema_overrides={name: pl.String for name in factors})
    fit = lme_python.lmer(formula, data, reml=True)
    answer = {
        "criterion": fit.reml_criterion,
        "coefficients": dict(zip(fit.fixed_names, map(float, fit.coefficients))),
        "sigma": float(fit.sigma2) ** 0.5,
    }
elif program == "mixedlm":
    import mixedlm
    import pandas as pd

    data = pd.read_csv(path, dtype={name: str for name in factors})
    fit = mixedlm.lmer(formula, data, REML=True)
    answer = {
        "criterion": float(fit.deviance),
        "coefficients": {k: float(v) for k, v in fit.fixef().items()},
        "sigma": float(fit.sigma),
    }
elif program == "gpboost":
    import gpboost as gpb
    import numpy as np
    import pandas as pd

    data = pd.read_csv(path)
    if slopes:
        data["h"] = (data["h"] == "yes").astype(float)
        x = np.column_stack([np.ones(len(data)), data["x"], data["h"], data["z"], data["x"] * data["h"]])
        # GPBoost has no correlation of intercept and slope.
        model = gpb.GPModel(
            group_data=data["g"], group_rand_coef_data=data["x"].to_numpy(), ind_effect_group_rand_coef=[1],
            likelihood="gaussian")
        y = data["y"]
    elif ratings:
        x = np.column_stack([np.ones(len(data)), data["age"]])
        model = gpb.GPModel(group_data=data[["user", "movie"]], likelihood="gaussian")
        y = data["rating"]
    elif design == "nested":
        x = np.column_stack([np.ones(len(data)), data["x1"], data["x2"]])
        model = gpb.GPModel(group_data=data[["school", "class", "student"]], likelihood="gaussian")
        y = data["y"]
    else:
        x = np.column_stack([np.ones(len(data)), data["service"].astype(float)])
        model = gpb.GPModel(group_data=data[["s", "d", "dept"]], likelihood="gaussian")
        y = data["y"]
    model.fit(y=y.to_numpy(dtype=float), X=x)
    coefficients = np.asarray(model.get_coef())
    answer = {
        "coefficients": {str(i): float(v) for i, v in enumerate(coefficients.reshape(-1)[: x.shape[1]])},
        "sigma": float(np.asarray(model.get_cov_pars()).reshape(-1)[0]) ** 0.5,
    }
elif program == "statsmodels":
    import pandas as pd
    import statsmodels.formula.api as smf

    if not slopes:
        sys.exit(3)
    data = pd.read_csv(path)
    fit = smf.mixedlm("y ~ x * h + z", data, groups=data["g"], re_formula="~x").fit(reml=True)
    answer = {"criterion": -2 * float(fit.llf), "coefficients": {k: float(v) for k, v in fit.fe_params.items()}}
print(json.dumps(answer))
