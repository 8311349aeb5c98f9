//! A page for each thread, to be read in a browser and to be printed.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use super::words;
use crate::folder::{self, FileWriter, sha256};
use crate::show::{Conversation, Shown, printable};
use crate::verify::read_manifest;

const HEAD: &str = "<!doctype html>\n<html lang=\"und\">\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n\
body { font: 1rem/1.4 sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem }\n\
article { margin: 0 0 .8rem; break-inside: avoid }\n\
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }\n\
header, .service { color: #555; font-size: .85rem }\n\
</style>\n";

/// Writes the pages, and a list of them; gives how many there are.
pub(super) fn write(archive: &Path, to: &Path) -> Result<u64, Box<dyn Error>> {
    let manifest = read_manifest(archive)?;
    folder::create(to)?;
    let mut list = format!("{HEAD}<title>Conversations</title>\n<h1>Conversations</h1>\n<ul>\n");
    for thread in &manifest.threads {
        let conversation = Conversation::open(archive, &thread.id)?;
        let name = format!("{}.html", sha256(thread.id.as_bytes()));
        let topic = escape(match conversation.topic() {
            "" => &thread.id,
            topic => topic,
        });
        let mut page = FileWriter::create(&to.join(&name))?;
        page.line(&format!("{HEAD}<title>{topic}</title>\n<h1>{topic}</h1>"))?;
        conversation.read(|message| page.line(&article(&message)))?;
        page.finish()?;
        let count = words::count(thread.message_count);
        writeln!(list, "<li><a href=\"{name}\">{topic}</a> ({count})")?;
    }
    list.push_str("</ul>\n");
    folder::write_whole(&to.join("index.html"), list.as_bytes())?;
    Ok(manifest.threads.len() as u64)
}

fn article(message: &Shown) -> String {
    let time = words::time(message.sent_on);
    let Some(sender) = &message.sender else {
        let text = escape(&message.text);
        return format!("<article class=\"service\"><p>{time} {text}</p></article>");
    };
    let mut head = format!("{} · {time}", escape(sender));
    if let Some(on) = message.edited_on {
        head.push_str(&format!(" · edited {}", words::time(on)));
    }
    let text = match message.deleted_on {
        Some(on) => format!("(deleted {})", words::time(on)),
        None => escape(&message.text),
    };
    let attachments = message.attachments.iter();
    let attachments: String = attachments
        .map(|name| format!("\n[{}]", escape(name)))
        .collect();
    format!("<article><header>{head}</header><p>{text}{attachments}</p></article>")
}

/// The text as HTML shows it.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            character => html.push(character),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_people_wrote_is_text_on_a_page_and_nothing_else() {
        let html = article(&Shown {
            sent_on: datetime!(2026-01-02 03:04 UTC),
            sender: Some("<b>\"Eve\"</b>".to_owned()),
            text: "<script>alert('x')</script>&".to_owned(),
            edited_on: None,
            deleted_on: None,
            attachments: vec!["<img>".to_owned()],
        });
        let expected = "<article><header>&lt;b&gt;&quot;Eve&quot;&lt;/b&gt; · 2026-01-02 03:04</header>\
            <p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;\n[&lt;img&gt;]</p></article>";
        assert_eq!(html, expected);
    }
}
