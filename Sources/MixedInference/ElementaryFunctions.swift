// The platform's elementary functions under names that do not need its module elsewhere.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// *log x*.
func naturalLogarithm(_ value: Double) -> Double { log(value) }

/// *eˣ*.
func exponential(_ value: Double) -> Double { exp(value) }

/// *xʸ*.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
