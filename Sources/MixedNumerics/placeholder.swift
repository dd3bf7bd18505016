// MixedNumerics
