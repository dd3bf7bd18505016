// MixedReports
