// The platform's logarithm, imported once for the room.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

func logarithm(_ value: Double) -> Double { log(value) }
