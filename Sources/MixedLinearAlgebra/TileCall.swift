// The BLAS calls that tiled matrices are made of: operands are tiles, or rows of tiles, of one stride.

internal import CLAPACK

/// Products and solutions with tiles.
enum TileCall {
    enum Operand {
        case plain, transposed
        fileprivate var code: String { self == .plain ? "N" : "T" }
    }

    /// *C = s AB*, or *C += s AB*.
    static func multiply(
        _ left: UnsafePointer<Double>, _ leftOperand: Operand, _ right: UnsafePointer<Double>, _ rightOperand: Operand,
        rows: Int, columns: Int, inner: Int, scale: Double, adding: Bool, into result: UnsafeMutablePointer<Double>,
        stride: Int, leftStride: Int? = nil, resultStride: Int? = nil
    ) {
        var m = Int32(rows)
        var n = Int32(columns)
        var k = Int32(inner)
        var lda = Int32(leftStride ?? stride)
        var ldb = Int32(stride)
        var ldc = Int32(resultStride ?? stride)
        var alpha = scale
        var beta = adding ? 1.0 : 0.0
        dgemm_(leftOperand.code, rightOperand.code, &m, &n, &k, &alpha, left, &lda, right, &ldb, &beta, result, &ldc)
    }

    /// *C −= AA'*, lower triangle.
    static func subtractSquare(
        _ matrix: UnsafePointer<Double>, rows: Int, inner: Int, from result: UnsafeMutablePointer<Double>, stride: Int
    ) {
        var n = Int32(rows)
        var k = Int32(inner)
        var lda = Int32(stride)
        var minusOne = -1.0
        var one = 1.0
        dsyrk_("L", "N", &n, &k, &minusOne, matrix, &lda, &one, result, &lda)
    }

    /// *C += A'A*, lower triangle.
    static func addSquareOfTransposed(
        _ matrix: UnsafePointer<Double>, rows: Int, inner: Int, to result: UnsafeMutablePointer<Double>, stride: Int
    ) {
        var n = Int32(rows)
        var k = Int32(inner)
        var lda = Int32(stride)
        var one = 1.0
        dsyrk_("L", "T", &n, &k, &one, matrix, &lda, &one, result, &lda)
    }

    /// *L⁻¹* in place, lower triangle, of a factor without zeros on its diagonal.
    static func invertTriangle(_ triangle: UnsafeMutablePointer<Double>, size: Int, stride: Int) {
        var n = Int32(size)
        var lda = Int32(stride)
        var info: Int32 = 0
        dtrtri_("L", "N", &n, triangle, &lda, &info)
    }

    /// *B = s B L*.
    static func multiplyRight(
        _ block: UnsafeMutablePointer<Double>, byLower triangle: UnsafePointer<Double>, scale: Double, rows: Int,
        columns: Int, stride: Int
    ) {
        var m = Int32(rows)
        var n = Int32(columns)
        var lda = Int32(stride)
        var alpha = scale
        dtrmm_("R", "L", "N", "N", &m, &n, &alpha, triangle, &lda, block, &lda)
    }

    /// *B = B L⁻ᵀ*.
    static func solveRight(
        _ factor: UnsafePointer<Double>, size: Int, _ block: UnsafeMutablePointer<Double>, rows: Int, stride: Int
    ) {
        var m = Int32(rows)
        var n = Int32(size)
        var lda = Int32(stride)
        var one = 1.0
        dtrsm_("R", "L", "T", "N", &m, &n, &one, factor, &lda, block, &lda)
    }

    /// *B −= A X*, or *B −= A'X*, for a few right-hand sides.
    static func subtractProduct(
        _ matrix: UnsafePointer<Double>, transposed: Bool, rows: Int, inner: Int, stride: Int,
        _ sides: UnsafePointer<Double>, from result: UnsafeMutablePointer<Double>, count: Int, sideStride: Int
    ) {
        var m = Int32(rows)
        var n = Int32(count)
        var k = Int32(inner)
        var lda = Int32(stride)
        var ldb = Int32(sideStride)
        var minusOne = -1.0
        var one = 1.0
        dgemm_(transposed ? "T" : "N", "N", &m, &n, &k, &minusOne, matrix, &lda, sides, &ldb, &one, result, &ldb)
    }

    /// *[B W] = W'[B W]* for a row of tiles that ends with the lower triangular tile *W*.
    static func multiplyByOwnTransposed(_ row: UnsafeMutablePointer<Double>, rows: Int, columns: Int, stride: Int) {
        let own = row + columns * stride
        withUnsafeTemporaryAllocation(of: Double.self, capacity: stride * rows) { copy in
            guard let triangle = copy.baseAddress else { return }
            triangle.update(from: own, count: stride * (rows - 1) + rows)
            var m = Int32(rows)
            var n = Int32(columns + rows)
            var lda = Int32(stride)
            var one = 1.0
            dtrmm_("L", "L", "T", "N", &m, &n, &one, triangle, &lda, row, &lda)
        }
    }
}
