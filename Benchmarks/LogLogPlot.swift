// Curves on logarithmic axes, as a picture for a page.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Panels side by side that share a horizontal axis.
struct LogLogPlot {
    struct Panel {
        let vertical: String
        let points: [(x: Double, y: Double)]
    }

    let title: String
    let horizontal: String
    let panels: [Panel]

    private static let size = (width: 300.0, height: 200.0)
    private static let margin = (left: 58.0, top: 48.0, right: 24.0, bottom: 46.0)

    /// The picture as SVG.
    var svg: String {
        let step = Self.margin.left + Self.size.width + Self.margin.right
        // The last label is centred on the edge of its panel.
        let width = step * Double(panels.count) + 20
        let height = Self.margin.top + Self.size.height + Self.margin.bottom
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
                + "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            "<text x=\"\(Self.margin.left)\" y=\"20\" font-size=\"14\">\(Self.escaped(title))</text>",
        ]
        for (index, panel) in panels.enumerated() {
            lines += draw(panel, left: Double(index) * step + Self.margin.left)
        }
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func draw(_ panel: Panel, left: Double) -> [String] {
        let x = Axis(panel.points.map(\.x), length: Self.size.width)
        let y = Axis(panel.points.map(\.y), length: Self.size.height)
        let bottom = Self.margin.top + Self.size.height
        func place(_ point: (x: Double, y: Double)) -> (Double, Double) {
            (left + x.place(point.x), bottom - y.place(point.y))
        }
        var lines: [String] = []
        for tick in x.ticks {
            let position = left + x.place(tick)
            lines.append(
                "<line x1=\"\(position)\" y1=\"\(Self.margin.top)\" x2=\"\(position)\" y2=\"\(bottom)\" stroke=\"#ddd\"/>"
            )
            lines.append(
                "<text x=\"\(position)\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(Self.label(tick))</text>")
        }
        for tick in y.ticks {
            let position = bottom - y.place(tick)
            lines.append(
                "<line x1=\"\(left)\" y1=\"\(position)\" x2=\"\(left + Self.size.width)\" y2=\"\(position)\" stroke=\"#ddd\"/>"
            )
            lines.append("<text x=\"\(left - 6)\" y=\"\(position + 4)\" text-anchor=\"end\">\(Self.label(tick))</text>")
        }
        let path = panel.points.map(place).map { "\($0),\($1)" }.joined(separator: " ")
        lines.append("<polyline points=\"\(path)\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"2\"/>")
        for point in panel.points {
            let (horizontal, vertical) = place(point)
            lines.append("<circle cx=\"\(horizontal)\" cy=\"\(vertical)\" r=\"3.5\" fill=\"#1f5fa8\"/>")
        }
        lines.append("<text x=\"\(left)\" y=\"\(Self.margin.top - 8)\">\(Self.escaped(panel.vertical))</text>")
        lines.append(
            "<text x=\"\(left + Self.size.width / 2)\" y=\"\(bottom + 36)\" text-anchor=\"middle\">\(Self.escaped(horizontal))</text>"
        )
        return lines
    }

    /// Whole decades around some values.
    private struct Axis {
        let low: Double
        let high: Double
        let length: Double

        init(_ values: [Double], length: Double) {
            let logarithms = values.filter { $0 > 0 }.map { log10($0) }
            low = (logarithms.min() ?? 0).rounded(.down)
            high = max(low + 1, (logarithms.max() ?? 1).rounded(.up))
            self.length = length
        }

        var ticks: [Double] { (Int(low)...Int(high)).map { pow(10, Double($0)) } }

        func place(_ value: Double) -> Double {
            (1000 * length * (log10(max(value, 1e-300)) - low) / (high - low)).rounded() / 1000
        }
    }

    private static func label(_ value: Double) -> String {
        if value < 1 { return String(value) }
        var digits = Array(String(Int(value)))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return String(digits)
    }

    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "&" ? Array("&amp;") : $0 == "<" ? Array("&lt;") : [$0] })
    }

    /// Writes the picture, whole or not at all.
    func write(to path: String) throws {
        guard let file = fopen(path + ".part", "w") else {
            throw WholeProcess.Failure(description: "\(path) cannot be written")
        }
        let isWritten = fputs(svg, file) >= 0
        guard fclose(file) == 0, isWritten, rename(path + ".part", path) == 0 else {
            throw WholeProcess.Failure(description: "\(path) cannot be written")
        }
    }
}
