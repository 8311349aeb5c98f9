//! What is left of the HTML that a user sends.
//!
//! The service sanitizes it and has not published what it lets through, so this takes the list of a library
//! that people use to show such content, and removes in addition what the service is known to remove.

use std::sync::LazyLock;

use ammonia::Builder;

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut sanitizer = Builder::default();
    sanitizer
        .rm_tag_attributes("img", ["src"])
        // Images of Teams are known by it.
        .add_tag_attributes("img", ["id"])
        // Nothing is added to what was sent.
        .link_rel(None);
    sanitizer
});

/// Removes scripts, styles, frames, event handlers, addresses that run code, and the sources of images.
pub(super) fn sanitize(html: &str) -> String {
    SANITIZER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_markup_stays_as_it_is() {
        for html in [
            "<div>test</div>",
            "<p>Hello <b>Bob</b>, see <a href=\"https://example.com/\">this</a></p>",
            "<ul><li>one</li><li>two</li></ul>",
            "just words",
            "",
        ] {
            assert_eq!(sanitize(html), html);
        }
    }

    #[test]
    fn what_could_run_or_load_something_is_removed() {
        for (html, left) in [
            ("a<script>alert(1)</script>b", "ab"),
            ("a<style>p{}</style>b", "ab"),
            ("a<iframe src=\"https://example.com/\"></iframe>b", "ab"),
            ("a<object data=\"x\"></object>b", "ab"),
            ("<b onclick=\"alert(1)\">x</b>", "<b>x</b>"),
            ("<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>"),
            (
                "<img src=\"https://example.com/x.png\" alt=\"x\">",
                "<img alt=\"x\">",
            ),
            ("<img id=\"0-eus-1\" src=\"x\">", "<img id=\"0-eus-1\">"),
        ] {
            assert_eq!(sanitize(html), left, "{html}");
        }
    }
}
