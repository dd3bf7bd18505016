// MixedInferenceTests
