//! The figures as a chart.

use std::fmt::Write;

use super::measure::{CLIENTS, Measured, OPERATIONS};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 170.0;
const BAR: f64 = 14.0;
const GAP: f64 = 18.0;
const COLORS: [&str; CLIENTS.len()] = ["#b8c4ce", "#7d93a6", "#b7410e"];

/// A bar for each client and operation, as long as its instructions are against by hand, complete.
pub(super) fn draw(measured: &Measured) -> String {
    let group = BAR * CLIENTS.len() as f64 + GAP;
    let height = 50.0 + group * OPERATIONS.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (index, (client, color)) in CLIENTS.iter().zip(COLORS).enumerate() {
        let x = LEFT + 160.0 * index as f64;
        let name = client.replace('-', " ");
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"12\" width=\"12\" height=\"12\" fill=\"{color}\"/>\
             <text x=\"{}\" y=\"22\">{name}</text>",
            x + 18.0
        );
    }
    let longest = measured.costs.iter().flat_map(|costs| {
        let complete = costs[1].instructions.max(1) as f64;
        costs.map(|cost| cost.instructions as f64 / complete)
    });
    let longest = longest.fold(1.0, f64::max);
    for (row, (operation, costs)) in OPERATIONS.iter().zip(&measured.costs).enumerate() {
        let top = 40.0 + group * row as f64;
        let complete = costs[1].instructions.max(1) as f64;
        let middle = top + BAR * 2.0 - 3.0;
        let _ = writeln!(
            svg,
            "<text x=\"10\" y=\"{middle}\">{}</text>",
            operation.about
        );
        for (index, (cost, color)) in costs.iter().zip(COLORS).enumerate() {
            let ratio = cost.instructions as f64 / complete;
            let width = ratio / longest * (WIDTH - LEFT - 60.0);
            let y = top + BAR * index as f64;
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{color}\"/>\
                 <text x=\"{:.1}\" y=\"{}\" font-size=\"10\">{ratio:.2}</text>",
                BAR - 2.0,
                LEFT + width + 5.0,
                y + BAR - 4.0,
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}
