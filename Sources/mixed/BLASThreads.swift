// How many threads OpenBLAS begins with: none of its own.

#if os(Linux)
    /// What OpenBLAS takes `OPENBLAS_NUM_THREADS` to be while the program is being loaded.
    ///
    /// Its threads are made before the first line of the program runs, and wait for work by spinning for a tenth of a second,
    /// which is half as long as fitting a million rows takes. Nothing here uses them: the threads are those that read rows and
    /// factor tiles. A program's own definition of a library's function takes the place of the library's.
    @_cdecl("openblas_num_threads_env")
    public func threadsOfBLAS() -> CInt { 1 }
#endif
