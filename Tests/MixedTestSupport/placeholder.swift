// MixedTestSupport
