// The one module that users import: everything public of the rooms below.

@_exported public import LinearMixedModels
@_exported public import MixedDesign
@_exported public import MixedInference
@_exported public import MixedProgress
@_exported public import MixedReports
@_exported public import MixedSyntax
@_exported public import MixedTables
