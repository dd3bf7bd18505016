// What the numbers of predictions mean, in words.

internal import MixedDesign

extension Predictions {
    /// What the predictions and their intervals are, and what is to be known about single rows.
    public var sentences: [String] {
        [meaning] + [intervalMeaning, distribution].compactMap { $0 } + remarks
    }

    private var meaning: String {
        if isLinearModel { return "Predictions of the mean response." }
        return switch level {
        case .population: "Predictions for the average group: the fixed effects alone."
        case .group: "Predictions for each row's own group: fixed effects and the group's random effects."
        }
    }

    private var intervalMeaning: String? {
        let percent = Self.percent(confidence)
        if isLinearModel, interval == .confidence {
            return "\(percent) confidence intervals of the mean: they include the uncertainty of the coefficients."
        }
        if isLinearModel, interval == .prediction {
            return
                "\(percent) prediction intervals of one new observation: they include the uncertainty of the coefficients and the residual variance."
        }
        switch (interval, level) {
        case (.none, _): return nil
        case (.confidence, .population):
            return
                "\(percent) confidence intervals of the mean: they include the uncertainty of the fixed effects, and no variation between groups or rows."
        case (.confidence, .group):
            return
                "\(percent) confidence intervals of the group's mean: they include the uncertainty of the fixed and of the random effects, and no residual variation."
        case (.prediction, .population):
            return
                "\(percent) prediction intervals of one new observation of a new group: they include the uncertainty of the fixed effects, the variance between groups, and the residual variance."
        case (.prediction, .group):
            return
                "\(percent) prediction intervals of one new observation of the group: they include the uncertainty of the fixed and of the random effects, and the residual variance."
        }
    }

    private var distribution: String? {
        guard let limits else { return nil }
        var text: String
        switch limits.method {
        case .asymptotic: text = "Limits come from the normal distribution."
        case .residual:
            text =
                isLinearModel
                ? "Limits come from the t distribution with the residual degrees of freedom."
                : "Limits come from the t distribution, with rows less coefficients as degrees of freedom."
        case .satterthwaite where level == .group:
            text = "Limits come from the t distribution with the degrees of freedom of the residual variance."
        case .satterthwaite:
            text = "Limits come from the t distribution with Satterthwaite's degrees of freedom of each row."
        case .kenwardRoger:
            text = "Limits come from the t distribution with Kenward and Roger's degrees of freedom of each row."
        }
        if level == .group, !isLinearModel {
            text +=
                limits.method == .satterthwaite
                ? " How large the random effects' variances are beside it is taken as known, which makes intervals of the mean too narrow with few groups."
                : " They take the variances of the random effects as known."
        }
        if limits.usesWeights { text += " The residual variance of a row is divided by its weight." }
        if limits.lacksWeights {
            text += " The model has weights and the table has none: the residual variance is that of a row of weight 1."
        }
        return text
    }

    /// What is to be known about single rows: levels that the model has not seen, values that are missing.
    public var remarks: [String] {
        var remarks: [String] = []
        for new in newLevels {
            let named =
                new.examples.map { "'\($0)'" }.joined(separator: ", ")
                + (new.levelCount > new.examples.count ? ", ..." : "")
            let known = new.rowCount - new.missingCount
            let consequence =
                standardErrors == nil
                ? "there the group's effect is taken as zero."
                : "there the group's effect is taken as zero, and the whole variance between groups is part of the standard error and of the interval."
            if known > 0 {
                remarks.append(
                    "\(known) \(known == 1 ? "row has a level" : "rows have levels") of '\(new.group)' that the model has not seen (\(named)): \(consequence)"
                )
            }
            if new.missingCount > 0 {
                remarks.append(
                    "\(new.missingCount) \(new.missingCount == 1 ? "row has" : "rows have") no level of '\(new.group)': \(consequence)"
                )
            }
        }
        if incompleteRowCount > 0 {
            let columns = incomplete.map { "\($0.column): \($0.count)" }.joined(separator: ", ")
            remarks.append(
                "\(incompleteRowCount) \(incompleteRowCount == 1 ? "row has" : "rows have") no prediction because a value is missing (\(columns))."
            )
        }
        if inestimableRowCount > 0 {
            remarks.append(
                "\(inestimableRowCount) \(inestimableRowCount == 1 ? "row has" : "rows have") no prediction: the data of the model lack the combination of columns that would be needed, which is why coefficients were left out."
            )
        }
        return remarks
    }

    /// A level such as 0.95 as a percentage without needless digits.
    static func percent(_ level: Double) -> String {
        let value = (level * 1e8).rounded() / 1e6
        return value == value.rounded() ? "\(Int(value))%" : "\(value)%"
    }
}
