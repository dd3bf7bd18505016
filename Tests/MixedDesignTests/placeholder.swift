// MixedDesignTests
