// MixedInference
