// MixedLinearAlgebra
