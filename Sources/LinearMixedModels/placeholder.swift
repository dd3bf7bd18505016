// LinearMixedModels
