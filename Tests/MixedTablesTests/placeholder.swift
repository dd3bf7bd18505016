// MixedTablesTests
