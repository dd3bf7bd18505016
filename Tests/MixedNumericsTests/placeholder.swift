// MixedNumericsTests
