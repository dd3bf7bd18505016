// MixedSyntaxTests
