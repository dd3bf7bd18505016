// MixedLinearAlgebraTests
