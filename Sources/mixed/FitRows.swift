// The rows of a saved model, read again from its data for the questions that need them.

import ArgumentParser
import MixedModels

/// The data argument of subcommands on a saved model, which most questions do without.
struct FitRowsArgument: ParsableArguments {
    @Argument(
        help:
            "The data that the model was fitted to, where a question needs its rows; with the same data options as at the fit."
    )
    var data: String?

    /// Reads the data and takes the same steps as at the fit; `nil` where no data was named.
    func table(_ options: DataOptions) throws -> DataTable? {
        guard let data else { return nil }
        let request = try DataRequest(options)
        return try request.prepared(DataSource(data).table(request.readingOptions(columns: nil))).table
    }

    /// The files that are read.
    var inputs: [String] {
        guard let data, let path = (try? DataSource(data))?.path else { return [] }
        return [path]
    }
}
