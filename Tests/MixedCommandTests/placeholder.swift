// MixedCommandTests
