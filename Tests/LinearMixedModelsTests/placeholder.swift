// LinearMixedModelsTests
