// MixedModelsTests
