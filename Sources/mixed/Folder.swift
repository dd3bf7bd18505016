// Questions to the file system: what a folder holds, and whether a file can be written there.

import MixedModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder, as the command needs to know it.
enum Folder {
    /// The path of the file in the same folder whose name is nearest, or `nil`.
    static func nearestFile(to path: String) -> String? {
        let (folder, name) = split(path)
        guard let near = NameSuggestion.nearest(to: name, among: names(in: folder.isEmpty ? "." : folder)) else {
            return nil
        }
        return folder + near
    }

    /// Refuses a path in a folder that does not exist or may not be written to, before any work is done.
    ///
    /// - Parameter inputs: files that are read and must not be overwritten.
    static func checkWritable(_ path: String, option: String, inputs: [String] = []) throws(CommandError) {
        if path == "-" { return }
        guard !path.isEmpty else { throw CommandError("\(option): the name of the file is missing") }
        let folder = split(path).folder
        guard access(folder.isEmpty ? "." : folder, F_OK) == 0 else {
            throw CommandError(
                "\(path): cannot be written: the folder \(folder) does not exist",
                hint: "make it first: mkdir -p '\(folder)'")
        }
        if let kind = kind(of: path) {
            if kind == S_IFDIR { throw CommandError("\(path): this is a folder; name a file in it") }
            if kind != S_IFREG { return }
        }
        guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else {
            throw CommandError("\(path): cannot be written: the folder may not be written to")
        }
        if inputs.contains(where: { isSameFile(path, $0) }) {
            throw CommandError("\(option) \(path): this is the file that is read; choose another name")
        }
    }

    /// Whether there is anything of that name.
    static func exists(_ path: String) -> Bool { kind(of: path) != nil }

    /// How many bytes a file has; `nil` for what is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    /// Whether both paths lead to one file, or would if it were written.
    static func isSameFile(_ first: String, _ second: String) -> Bool {
        var one = stat()
        var other = stat()
        guard stat(first, &one) == 0, stat(second, &other) == 0 else { return first == second }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// The folder with its slash, empty for the current one, and the name in it.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        // A folder of very many files is not searched to its end.
        while names.count < 10_000, let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
