// How categorical variables are coded: the marginality rule against R 4.2.

import MixedSyntax
import Testing

@Suite struct CodingTests {
    // R 4.2.2: attr(terms(as.formula(text)), "factors") without the response's row, and, where there is no intercept,
    // the first factor of the first term with one set to 2 as model.matrix does; checked against the number of columns
    // that model.matrix gives each term. Of each variable of a term: c = contrasts (1), i = indicators (2), n = numeric.
    // f, g, h, k are factors, l is logical, x, z are numeric.
    static let codings: [(String, String)] = [
        ("y~f", "f=c"),
        ("y~f-1", "f=i"),
        ("y~0+x+f", "x=n f=i"),
        ("y~f*g", "f=c g=c f:g=cc"),
        ("y~f*g-1", "f=i g=c f:g=cc"),
        ("y~f:g", "f:g=ii"),
        ("y~f:g-1", "f:g=ii"),
        ("y~f+f:g", "f=c f:g=ic"),
        ("y~g:f+f", "f=c g:f=ci"),
        ("y~f+g:h", "f=c g:h=ii"),
        ("y~f:g+f:h", "f:g=ii f:h=ic"),
        ("y~x:f", "x:f=ni"),
        ("y~x:f-1", "x:f=ni"),
        ("y~x+x:f", "x=n x:f=nc"),
        ("y~x+x:f-1", "x=n x:f=ni"),
        ("y~f+x:f", "f=c f:x=in"),
        ("y~f+x:f-1", "f=i f:x=in"),
        ("y~f*g*h", "f=c g=c h=c f:g=cc f:h=cc g:h=cc f:g:h=ccc"),
        ("y~f*g*h-f:g:h-f:g", "f=c g=c h=c f:h=cc g:h=cc"),
        ("y~f*g*h-f", "g=c h=c f:g=ci f:h=cc g:h=cc f:g:h=ccc"),
        ("y~f:g:h", "f:g:h=iii"),
        ("y~f+g+f:g:h", "f=c g=c f:g:h=iii"),
        ("y~f:g+g:h+f:h", "f:g=ii g:h=ic f:h=cc"),
        ("y~f:g+f:g:h", "f:g=ii f:g:h=iic"),
        ("y~f:h:g-1", "f:h:g=iii"),
        ("y~f:x:g", "f:x:g=ini"),
        ("y~x:z:f", "x:z:f=nni"),
        ("y~x*z*f", "x=n z=n f=c x:z=nn x:f=nc z:f=nc x:z:f=nnc"),
        ("y~f/g", "f=c f:g=ic"),
        ("y~f/g-1", "f=i f:g=ic"),
        ("y~f/x", "f=c f:x=in"),
        ("y~f/x-1", "f=i f:x=in"),
        ("y~g/(x+z)", "g=c g:x=in g:z=in"),
        ("y~(f+g)/h", "f=c g=c f:g:h=iii"),
        ("y~f*x-x", "f=c f:x=in"),
        ("y~f*x-f", "x=n f:x=cn"),
        ("y~f*x-f-1", "x=n f:x=in"),
        ("y~l", "l=c"),
        ("y~0+l+f", "l=i f=c"),
        ("y~l:f", "l:f=ii"),
        ("y~x:l-1", "x:l=ni"),
        ("y~0+x+x:f+g", "x=n g=i x:f=nc"),
        ("y~f:g+x:f:h", "f:g=ii f:x:h=ini"),
        ("y~f+g+h+f:g:h", "f=c g=c h=c f:g:h=iii"),
        ("y~f:g+f:h+g:h+f:g:h", "f:g=ii f:h=ic g:h=cc f:g:h=ccc"),
        ("y~f*g+h:k", "f=c g=c f:g=cc h:k=ii"),
        ("y~f:g+h:k", "f:g=ii h:k=ii"),
        ("y~f:g:h+f:g:k", "f:g:h=iii f:g:k=iic"),
        ("y~0+f:g+h", "h=i f:g=ii"),
        ("y~0+h:x+f", "f=i h:x=in"),
        ("y~(f+g+h)^2-1", "f=i g=c h=c f:g=cc f:h=cc g:h=cc"),
        ("y~(f+g+x)^2", "f=c g=c x=n f:g=cc f:x=cn g:x=cn"),
        ("y~0+f:x+g:x", "f:x=in x:g=nc"),
        ("y~f+g-f", "g=c"),
        ("y~x+f:x+g:x+f:g:x", "x=n x:f=nc x:g=nc x:f:g=ncc"),
    ]

    @Test(arguments: codings) func codingIsRs(_ text: String, _ expected: String) throws {
        let terms = try ModelFormula(parsing: text).fixed
        let isCategorical = { (index: Int) in ["f", "g", "h", "k", "l"].contains(terms.variables[index].description) }
        let found = terms.terms.indices.map { term in
            let letters = terms.terms[term].variables.map { variable in
                if !isCategorical(variable) { return "n" }
                let coding = terms.coding(ofVariable: variable, inTerm: term, isCategorical: isCategorical)
                return coding == .contrasts ? "c" : "i"
            }
            return terms.label(of: terms.terms[term]) + "=" + letters.joined()
        }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test func indicesOutOfBoundsAreHarmless() {
        let terms = ModelTerms(hasIntercept: true, variables: [], terms: [])
        #expect(terms.coding(ofVariable: 3, inTerm: 2) { _ in true } == .contrasts)
        #expect(terms.label(of: ModelTerms.Term(variables: [4])) == "?")
    }
}
