// MixedDesign
