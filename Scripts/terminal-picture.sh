#!/usr/bin/env bash
# Draws what a command prints as an SVG picture: terminal-picture.sh OUT.svg 'COMMAND AS SHOWN' < output
set -euo pipefail
out=$1
shown=$2
awk -v shown="$shown" '
function escape(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); return text }
{ lines[NR] = $0; if (length($0) > widest) widest = length($0) }
END {
    if (length(shown) + 2 > widest) widest = length(shown) + 2
    advance = 8.43; leading = 19; margin = 22; top = 44
    width = int(widest * advance + 2 * margin); height = top + (NR + 2) * leading + 12
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", width, height, width, height
    printf "<title>%s</title>\n", escape(shown)
    printf "<rect width=\"100%%\" height=\"100%%\" rx=\"10\" fill=\"#1d2430\"/>\n"
    split("#ff6159 #ffbd2e #28c941", dots, " ")
    for (i = 1; i <= 3; i++) printf "<circle cx=\"%d\" cy=\"22\" r=\"6\" fill=\"%s\"/>\n", margin + (i - 1) * 20, dots[i]
    printf "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, &quot;DejaVu Sans Mono&quot;, monospace\" font-size=\"14\" fill=\"#d9e0ea\" xml:space=\"preserve\">\n"
    printf "<text x=\"%d\" y=\"%d\" textLength=\"%.1f\"><tspan fill=\"#7fb4ff\">$</tspan> %s</text>\n", margin, top + leading, (length(shown) + 2) * advance, escape(shown)
    for (i = 1; i <= NR; i++) if (lines[i] != "")
        printf "<text x=\"%d\" y=\"%d\" textLength=\"%.1f\" lengthAdjust=\"spacing\">%s</text>\n", margin, top + (i + 1) * leading, length(lines[i]) * advance, escape(lines[i])
    print "</g>\n</svg>"
}' > "$out.partial"
mv "$out.partial" "$out"
