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
    ///
    /// - Parameter isQuiet: Whether nothing may be shown meanwhile.
    func table(_ options: DataOptions, isQuiet: Bool) throws -> DataTable? {
        guard let data else { return nil }
        let request = try DataRequest(options)
        let source = try DataSource(data)
        let table = try LongWork.run(isQuiet: isQuiet) {
            try source.table(request.readingOptions(columns: nil), monitor: $0)
        }
        return try request.prepared(table).table
    }

    /// The files that are read.
    var inputs: [String] {
        guard let data, let path = (try? DataSource(data))?.path else { return [] }
        return [path]
    }
}
