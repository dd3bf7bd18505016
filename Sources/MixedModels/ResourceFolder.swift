// Finding the files that come with the package, wherever the program has been installed.
//
// `Bundle.module` ends the program when it finds nothing. The same places are searched here, so that a copy without its
// files can say so.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
    internal import Foundation
#endif

/// The folder with the package's data.
enum ResourceFolder {
    #if canImport(Darwin)
        private static let bundleName = "swift-mixed-models_MixedModels.bundle"
    #else
        private static let bundleName = "swift-mixed-models_MixedModels.resources"
    #endif

    /// The first folder that holds a file of that name, or `nil`.
    static func path(containing file: String) -> String? {
        candidates.first { access($0 + "/" + file, R_OK) == 0 }
    }

    /// The places where the build or the installation puts the data, best first.
    private static let candidates: [String] = {
        var places: [String] = []
        if let program = programFolder { places.append(program + "/" + bundleName) }
        #if canImport(Darwin)
            let bundles = [Bundle.main, Bundle(for: BundleFinder.self)]
            for folder in bundles.flatMap({ [$0.resourceURL, $0.bundleURL, $0.bundleURL.deletingLastPathComponent()] })
            {
                if let folder { places.append(folder.appendingPathComponent(bundleName).path) }
            }
            places += places.map { $0 + "/Contents/Resources" }
        #endif
        // While the package is being developed its sources are at hand.
        let source = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return (places + [source]).map { $0 + "/Data" }
    }()

    /// The folder of the running program, with symbolic links followed.
    private static var programFolder: String? {
        #if canImport(Darwin)
            var size: UInt32 = 0
            _NSGetExecutablePath(nil, &size)
            var name = [CChar](repeating: 0, count: Int(size) + 1)
            guard _NSGetExecutablePath(&name, &size) == 0 else { return nil }
        #else
            let name = Array("/proc/self/exe".utf8CString)
        #endif
        guard let resolved = realpath(name, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved).split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
    }
}

#if canImport(Darwin)
    /// Stands for the bundle that this code is in.
    private final class BundleFinder {}
#endif
