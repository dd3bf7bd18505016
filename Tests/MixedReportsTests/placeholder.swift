// MixedReportsTests
