// Which terms contain which, as lmerTest sees it.

internal import MixedDesign
internal import MixedSyntax

/// The terms of a design without the intercept, and which of them contain each other.
///
/// In a mixed model a term is contained in another that has all its variables and more, the same continuous ones. As in
/// lmerTest a variable counts only where it is coded by contrasts, for which its margin has to be in the model, and what R
/// keeps as a matrix (polynomials, splines, `scale(x)`) is not continuous. In a linear model it is contained in every term
/// that has all its variables and more, as in R's car.
struct TermContainment {
    let terms: [DesignTerm]
    private let variables: [Set<Int>]
    private let continuous: [Set<Int>]

    init(_ design: ModelDesign, isLinearModel: Bool) {
        terms = design.fixedTerms.filter { !$0.variables.isEmpty }
        guard !isLinearModel else {
            variables = terms.map { Set($0.variables) }
            continuous = terms.map { _ in [] }
            return
        }
        let all = terms
        variables = all.indices.map { index in
            let term = all[index].variables
            return Set(
                term.filter { variable in
                    let margin = term.filter { $0 != variable }
                    return margin.isEmpty
                        || all[..<index].contains { earlier in margin.allSatisfy(earlier.variables.contains) }
                })
        }
        let isContinuous = design.variables.map { $0.kind == .numeric && !$0.isMatrixOfOneColumn }
        continuous = variables.map { Set($0.filter { isContinuous[$0] }) }
    }

    /// The terms that contain a term, by their places among `terms`.
    func containing(_ term: Int) -> [Int] {
        terms.indices.filter {
            variables[$0].isStrictSuperset(of: variables[term]) && continuous[$0] == continuous[term]
        }
    }
}

extension DesignVariable {
    /// Whether R makes a matrix of one column of the variable, as it does of `scale(x)` and what is computed from it.
    fileprivate var isMatrixOfOneColumn: Bool {
        guard let expression = try? TableExpression(parsing: name) else { return false }
        return expression.isScaled
    }
}

extension TableExpression {
    fileprivate var isScaled: Bool {
        switch node {
        case .call(let function, let arguments):
            let name = function.split(separator: ":").last.map(String.init) ?? function
            if name == "scale" { return true }
            let keepsShape = ["I", "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "abs", "round"]
            return keepsShape.contains(name) && arguments.contains { $0.value.isScaled }
        case .unary(_, let operand): return operand.isScaled
        case .binary(_, let left, let right): return left.isScaled || right.isScaled
        case .parenthesized(let inner): return inner.isScaled
        case .number, .string, .name, .constant: return false
        }
    }
}
